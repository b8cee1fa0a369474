// Owns the questions to the editor: its own language features, for the document as it is open there. Knows no JSON-RPC: the
// way to the client is handed in.
import { limits } from "../base/limits";
import type { MonitorAnswer, MonitorQuestion } from "../decode/mgd/memberSource";
import type { MembersParams } from "../protocol/messages";
import { namesIn } from "./completionNames";
import { nameStart } from "../protocol/nameStart";
import type { Schedule } from "./serverConversation";
import { signatureIn } from "./signatureCounts";

export interface EditorMembersParts {
  /** Sends `palimpsest/members`; `cancelled` settles when the answer is no longer waited for. */
  readonly request: (params: MembersParams, cancelled: Promise<void>) => Promise<unknown>;
  readonly schedule: Schedule;
}

/** Their services call every list incomplete, and list all there is where nothing is typed. */
const wholeLanguages: ReadonlySet<string> = new Set(["python"]);

export class EditorMembers {
  private underWay = 0;

  constructor(private readonly parts: EditorMembersParts) {}

  /** Only where the text is written that is asked about, the name itself aside: the editor sees no other. */
  canAnswer({ kind, continuation }: MonitorQuestion): boolean {
    return kind === "member" ? nameStart(continuation).offset === 0 : continuation === "";
  }

  /** Never rejects. */
  async ask(question: MonitorQuestion): Promise<MonitorAnswer> {
    if (limits.monitorEditorQuestionsMax <= this.underWay) return open("the editor has not answered yet");
    this.underWay += 1;
    const { uri, version, cursor, kind, languageId } = question;
    let cancel: () => void = () => undefined;
    const late = new Promise<void>((resolve) => (cancel = this.parts.schedule(limits.monitorEditorMsMax, resolve)));
    try {
      const asked = this.parts.request({ textDocument: { uri, version }, offsetUtf16: cursor, kind }, late);
      const result = await Promise.race([asked, late.then(() => ({ kind: "open", reason: "the editor did not answer" }))]);
      return answerIn(result, wholeLanguages.has(languageId));
    } catch (error) {
      return open(`the editor could not be asked: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      cancel();
      this.underWay -= 1;
    }
  }
}

/** The shape of the client's result is checked here: it is `MembersResult` where the client keeps to the protocol. */
function answerIn(result: unknown, incompleteIsWhole: boolean): MonitorAnswer {
  const { kind, list, quoted, help, reason } = typeof result === "object" && result !== null ? (result as Readonly<Record<string, unknown>>) : {};
  if (kind === "completions") return namesIn(list, { quoted: quoted === true, incompleteIsWhole });
  if (kind === "signatures") return signatureIn(help);
  return open(kind === "open" && typeof reason === "string" ? reason.slice(0, 200) : "the editor's answer can't be read");
}

function open(reason: string): MonitorAnswer {
  return { kind: "open", reason };
}
