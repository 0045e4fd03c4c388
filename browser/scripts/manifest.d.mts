export interface Manifest extends Record<string, unknown> {
  permissions: string[];
  host_permissions: string[];
  content_scripts: { matches: string[] }[];
}

export function manifest(of: { version: string; demo: boolean }): Manifest;
