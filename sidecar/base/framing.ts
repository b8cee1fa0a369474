// Owns the framing of a byte stream: a header with Content-Length, then that many bytes of JSON. Knows no method.
// Whatever comes, it goes on reading: noise, and a body that is too long, is skipped to the next header.
import { limits } from "./limits";

export type Frame =
  | { readonly kind: "value"; readonly value: unknown }
  /** Something that is no message was skipped. */
  | { readonly kind: "noise"; readonly reason: string };

const headerName = "content-length:";
const headerEnd = "\r\n\r\n";

export class FrameReader {
  private chunks: Buffer[] = [];
  private bytes = 0;
  /** The length of the body to come; undefined while a header is due. */
  private bodyBytes: number | undefined;
  /** One stretch of noise is told once, however long it is. */
  private isNoise = false;

  constructor(
    private readonly take: (frame: Frame) => void,
    private readonly bytesMax: number = limits.messageBytesMax,
  ) {}

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    while (this.bodyBytes === undefined ? this.readHeader() : this.readBody(this.bodyBytes));
  }

  /** True when there may be more to read. */
  private readHeader(): boolean {
    if (this.bytes === 0) return false;
    const buffer = this.joined();
    const end = buffer.indexOf(headerEnd);
    if (end < 0 && buffer.length <= limits.messageHeaderBytesMax) return false;
    if (end < 0 || end > limits.messageHeaderBytesMax) return this.skipNoise(buffer, `more than ${limits.messageHeaderBytesMax} bytes without a header`);
    const length = contentLengthOf(buffer.toString("latin1", 0, end));
    if (length === undefined) return this.skipNoise(buffer, "a header without a Content-Length in bytes");
    // A body of JSON holds no header of its own, so that the end of one too long is found without counting.
    if (length > this.bytesMax) return this.skipNoise(buffer, `a message of ${length} bytes, more than ${this.bytesMax}`);
    this.keep(buffer.subarray(end + headerEnd.length));
    this.bodyBytes = length;
    return true;
  }

  private readBody(bodyBytes: number): boolean {
    if (this.bytes < bodyBytes) return false;
    const buffer = this.joined();
    const body = buffer.toString("utf8", 0, bodyBytes);
    this.keep(buffer.subarray(bodyBytes));
    this.bodyBytes = undefined;
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      this.tellNoise(`a body of ${bodyBytes} bytes that is not JSON`);
      this.isNoise = false;
      return true;
    }
    this.isNoise = false;
    this.take({ kind: "value", value });
    return true;
  }

  /** Goes on at the next place where a header may begin; what can't be one is gone. */
  private skipNoise(buffer: Buffer, reason: string): boolean {
    const next = buffer.toString("latin1").toLowerCase().indexOf(headerName, 1);
    // Half a header's name may stand at the end.
    this.keep(buffer.subarray(next >= 0 ? next : Math.max(1, buffer.length - headerName.length)));
    this.tellNoise(reason);
    return next >= 0;
  }

  private tellNoise(reason: string): void {
    if (!this.isNoise) this.take({ kind: "noise", reason });
    this.isNoise = true;
  }

  private joined(): Buffer {
    const [first] = this.chunks;
    if (this.chunks.length === 1 && first !== undefined) return first;
    const buffer = Buffer.concat(this.chunks);
    this.keep(buffer);
    return buffer;
  }

  private keep(rest: Buffer): void {
    this.chunks = rest.length === 0 ? [] : [rest];
    this.bytes = rest.length;
  }
}

function contentLengthOf(header: string): number | undefined {
  for (const line of header.split("\r\n")) {
    const match = /^content-length:\s*(\d{1,15})\s*$/i.exec(line);
    if (match?.[1] !== undefined) return Number(match[1]);
  }
  return undefined;
}
