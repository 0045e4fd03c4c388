import { expect, it } from "vitest";
import { answerable } from "../../src/softphone/challenges";

const MD5 = 'WWW-Authenticate: Digest realm="r", nonce="1", algorithm=MD5, qop="auth"';
const SHA = 'WWW-Authenticate: Digest realm="r", nonce="2", algorithm=SHA-256, qop="auth"';
const PLAIN = 'Proxy-Authenticate: Digest realm="r", nonce="3"';
const frame = (...headers: string[]): string => ["SIP/2.0 401 Unauthorized", ...headers, "Content-Length: 4", "", "a\r\nb"].join("\r\n");

it.each([
  ["the stronger one first", [SHA, MD5], [MD5]],
  ["the stronger one last", [MD5, SHA], [MD5]],
  ["one without an algorithm, which is MD5", [PLAIN, SHA.replace("WWW", "Proxy")], [PLAIN]],
  ["one that goes on in the next line", [SHA.replace(", algorithm", ",\r\n algorithm"), MD5], [MD5]],
])("leaves %s", (_, told, left) => expect(answerable(frame(...told))).toBe(frame(...left)));

it("leaves everything else as it came", () => {
  for (const told of [[MD5], [SHA], [SHA, SHA], []]) expect(answerable(frame(...told))).toBe(frame(...told));
  expect(answerable("\r\n\r\n")).toBe("\r\n\r\n");
  const call = `INVITE sip:a SIP/2.0\r\nContent-Length: 9\r\n\r\n${MD5}\r\n${SHA}\r\n`;
  expect(answerable(call)).toContain(MD5);
});
