// Owns what a server says of a file before it is downloaded: where it lies in the end, how long it is, what its SHA-256 is.
// Hugging Face answers for a large file with a redirect, and with its SHA-256 as `x-linked-etag`.

export type Fetch = (url: string, options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> }) => Promise<Response>;

export interface RemoteFile {
  readonly url: string;
  readonly bytes: number;
  readonly takesRanges: boolean;
  readonly sha256: string | undefined;
}

/** What stands against a download, as a sentence that says what to do. */
export class DownloadError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DownloadError";
  }
}

const redirectsMax = 8;

/** @throws DownloadError */
export async function remoteFile(fetch: Fetch, address: string): Promise<RemoteFile> {
  let url = new URL(address);
  let sha256: string | undefined;
  for (let redirects = 0; redirects <= redirectsMax; redirects += 1) {
    const answer = await ask(fetch, url);
    sha256 ??= digestIn(answer.headers.get("x-linked-etag")) ?? digestIn(answer.headers.get("etag"));
    const location = answer.headers.get("location");
    if (300 <= answer.status && answer.status < 400 && location !== null) {
      const next = new URL(location, url);
      const isLaxer = url.protocol === "https:" && next.protocol !== "https:";
      if (isLaxer) throw new DownloadError(`${url.host} leads to an address that isn't encrypted: nothing was downloaded.`);
      url = next;
      continue;
    }
    if (!answer.ok) throw new DownloadError(refusalText(url.host, answer.status));
    const bytes = Number(answer.headers.get("content-length") ?? 0);
    if (!(0 < bytes)) throw new DownloadError(`${url.host} doesn't say how long the file is: download it with a browser and choose it from disk.`);
    return { url: url.href, bytes, takesRanges: answer.headers.get("accept-ranges") === "bytes", sha256 };
  }
  throw new DownloadError(`${url.host} leads from one address to the next without end: nothing was downloaded.`);
}

function refusalText(host: string, status: number): string {
  if (status === 404 || status === 410) return `There is no such file on ${host} (${status}): it may have been moved. Choose another model.`;
  if (status !== 401 && status !== 403) return `${host} answers with ${status}: try again later.`;
  return `${host} doesn't give out the file (${status}): download it with a browser and choose it from disk.`;
}

async function ask(fetch: Fetch, url: URL): Promise<Response> {
  try {
    return await fetch(url.href, { method: "HEAD", headers: { "accept-encoding": "identity" } });
  } catch (error) {
    throw new DownloadError(`${url.host} can't be reached: ${messageOf(error)}. Check the connection, and the proxy settings (http.proxy).`);
  }
}

/** An ETag that is a SHA-256. Others say nothing of what is in the file. */
function digestIn(etag: string | null): string | undefined {
  return /^(?:W\/)?"?([0-9a-f]{64})"?$/i.exec(etag ?? "")?.[1]?.toLowerCase();
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
