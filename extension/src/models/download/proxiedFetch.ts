// Owns requests over a proxy: the part of `fetch` that a download needs, on Node's own HTTP, since Node's `fetch` knows none.
// https goes through a tunnel (CONNECT), http is asked of the proxy itself. Follows no redirect: the caller does.
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { connect as tlsConnect, type TLSSocket } from "node:tls";

export interface FetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What of a proxy an address is asked through, undefined for none: the given one, or the environment's; NO_PROXY is obeyed. */
export function proxyFor(url: URL, given: string | undefined, env: Readonly<Record<string, string | undefined>>): URL | undefined {
  const of = (name: string): string | undefined => env[name] ?? env[name.toLowerCase()];
  const exempt = (of("NO_PROXY") ?? "").split(",").map((entry) => entry.trim().replace(/^\*?\./, "")).filter((entry) => entry !== "");
  const host = url.hostname;
  if (exempt.some((entry) => entry === "*" || host === entry || host.endsWith(`.${entry}`) || url.host === entry)) return undefined;
  const proxy = given ?? (url.protocol === "https:" ? of("HTTPS_PROXY") : of("HTTP_PROXY"));
  return proxy === undefined || proxy === "" ? undefined : new URL(/^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`);
}

export async function proxiedFetch(address: string, options: FetchOptions, proxy: URL | undefined, strictTls: boolean): Promise<Response> {
  const url = new URL(address);
  const answer = await answerOf(url, options, proxy, strictTls);
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) for (const each of [value].flat()) if (each !== undefined) headers.append(name, each);
  const status = answer.statusCode ?? 502;
  const isEmpty = options.method === "HEAD" || status === 204 || status === 304;
  if (isEmpty) answer.resume();
  const response = new Response(isEmpty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>), { status, headers });
  Object.defineProperty(response, "url", { value: address });
  return response;
}

async function answerOf(
  url: URL, { method = "GET", headers = {}, signal }: FetchOptions, proxy: URL | undefined, strictTls: boolean,
): Promise<IncomingMessage> {
  const withSignal = signal === undefined ? {} : { signal };
  const isSecure = url.protocol === "https:";
  if (isSecure && proxy !== undefined) {
    const socket = await tunnel(url, proxy, strictTls, signal);
    return ended(httpRequest(url, { method, headers: { host: url.host, ...headers }, createConnection: () => socket, ...withSignal }));
  }
  if (isSecure) return ended(httpsRequest(url, { method, headers, rejectUnauthorized: strictTls, ...withSignal }));
  if (proxy === undefined) return ended(httpRequest(url, { method, headers, ...withSignal }));
  const through = { host: proxy.hostname, port: portOf(proxy), path: url.href, headers: { host: url.host, ...headers, ...authorization(proxy) } };
  return ended((proxy.protocol === "https:" ? httpsRequest : httpRequest)({ method, ...through, ...withSignal }));
}

function ended(request: ReturnType<typeof httpRequest>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", reject);
    request.end();
  });
}

function tunnel(url: URL, proxy: URL, strictTls: boolean, signal: AbortSignal | undefined): Promise<TLSSocket> {
  const target = `${url.hostname}:${portOf(url)}`;
  const request = (proxy.protocol === "https:" ? httpsRequest : httpRequest)({
    host: proxy.hostname, port: portOf(proxy), method: "CONNECT", path: target, headers: { host: target, ...authorization(proxy) },
    ...(signal === undefined ? {} : { signal }),
  });
  return new Promise((resolve, reject) => {
    request.once("error", reject);
    request.once("connect", (answer, socket) => {
      if (answer.statusCode !== 200) {
        socket.destroy();
        return reject(new Error(`the proxy ${proxy.host} refuses the connection (${answer.statusCode})`));
      }
      const secure = tlsConnect({ socket, servername: url.hostname, rejectUnauthorized: strictTls }, () => resolve(secure));
      secure.once("error", reject);
    });
    request.end();
  });
}

function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}
