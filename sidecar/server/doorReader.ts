// Owns the door: what arrives is let through when it has the shape of a message, and answered on the spot when it hasn't.
// Knows no method but `initialize`, whose capabilities the library would trust unread.
import { AbstractMessageReader, type DataCallback, type Disposable, type Message, type MessageWriter } from "vscode-languageserver";
import { mustBeInitializeParams } from "../protocol/validate";
import { Envelope, errorCodes } from "./envelope";

/** Lets through what has the shape of a message, and answers the rest on the spot. */
export class DoorReader extends AbstractMessageReader {
  log: (message: string) => void = () => undefined;
  private readonly envelope = new Envelope();

  constructor(
    private readonly writer: MessageWriter,
    private readonly start: (take: (value: unknown) => void, failed: (reason: string) => void) => void,
  ) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    this.start((value) => this.admit(value, callback), (reason) => {
      this.log(`${reason} was skipped`);
      this.write({ jsonrpc: "2.0", id: null, error: { code: errorCodes.parseError, message: reason } });
    });
    return { dispose: () => undefined };
  }

  private admit(value: unknown, callback: DataCallback): void {
    const admission = this.envelope.admit(value);
    switch (admission.kind) {
      case "pass":
        try {
          callback(cleaned(admission.message) as unknown as Message);
        } catch (error) {
          // The library throws at a request that is cancelled twice; whatever it is, the next message is another one.
          this.log(`a message was lost: ${error instanceof Error ? error.message : String(error)}`);
        }
        break;
      case "answer":
        this.write({ jsonrpc: "2.0", id: admission.id, error: { code: admission.code, message: admission.message } });
        break;
      case "drop":
        this.log(admission.reason);
        break;
    }
  }

  private write(message: object): void {
    this.writer.write(message as Message).catch(() => undefined);
  }
}

/** The library trusts the capabilities of `initialize`: it gets those that we have checked. */
function cleaned(message: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (message["method"] !== "initialize") return message;
  const { processId, positionEncodings, workDoneProgress, initializationOptions, folders, answersMembers } = mustBeInitializeParams(message["params"]);
  const experimental = { palimpsest: { members: answersMembers } };
  const capabilities = { window: { workDoneProgress }, general: positionEncodings === undefined ? {} : { positionEncodings }, experimental };
  const workspaceFolders = folders.map((uri) => ({ uri, name: "" }));
  return { ...message, params: { processId: processId ?? null, rootUri: null, workspaceFolders, capabilities, initializationOptions } };
}
