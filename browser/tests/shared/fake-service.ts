/** A service that answers from a table, and what it was asked. */

import type { Memory } from "../../src/shared/sign-in";

export type Route = (body: Record<string, unknown>, path: string) => unknown;

export class Problem {
  constructor(readonly status: number, readonly body: Record<string, unknown>) {}
}

export class FakeService {
  asked: { method: string; path: string; body: Record<string, unknown>; token: string | null }[] = [];
  down = false;

  constructor(readonly routes: Record<string, Route>) {}

  fetch = (async (input: string, init: RequestInit) => {
    if (this.down) throw new TypeError("failed to fetch");
    const url = new URL(input);
    const body = init.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {};
    const method = init.method ?? "GET";
    this.asked.push({ method, path: url.pathname + url.search, body, token: (init.headers as Record<string, string>)["authorization"] ?? null });
    const answer = await this.routes[`${method} ${url.pathname}`]?.(body, url.pathname + url.search);
    if (answer instanceof Problem) return new Response(JSON.stringify(answer.body), { status: answer.status, headers: { "content-type": "application/problem+json" } });
    return answer === undefined ? new Response(null, { status: 204 }) : new Response(JSON.stringify(answer));
  }) as typeof fetch;

  paths = (method: string): string[] => this.asked.filter((ask) => ask.method === method).map(({ path }) => path);
}

export const memory = (kept: Record<string, unknown> = {}): Memory & { kept: Record<string, unknown> } => ({
  kept,
  read: async (key) => kept[key],
  write: async (key, value) => void (kept[key] = structuredClone(value)),
});
