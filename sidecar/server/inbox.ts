// Owns the order in which the engine thread deals with what has arrived: facts and quick questions as they came, then the
// newest completion, then (when nothing is left) idle work. Pure bookkeeping; bounded by what the LSP thread may post.
import type { PostedFact, PostedQuestion } from "./engineMessages";

export type Turn =
  | { readonly kind: "fact"; readonly message: PostedFact }
  | { readonly kind: "question"; readonly message: PostedQuestion }
  /** A newer request for the same document has come: this one ends without the engine. */
  | { readonly kind: "superseded"; readonly message: PostedQuestion };

export class Inbox {
  private readonly ordered: (PostedFact | PostedQuestion)[] = [];
  private readonly completions: PostedQuestion[] = [];

  add(message: PostedFact | PostedQuestion): void {
    if (message.kind === "question" && message.question.kind === "complete") this.completions.push(message);
    else this.ordered.push(message);
  }

  get isEmpty(): boolean {
    return this.ordered.length + this.completions.length === 0;
  }

  /** The facts about a document that wait, oldest first. */
  factsOf(uri: string): readonly PostedFact[] {
    return this.ordered.filter((message): message is PostedFact => message.kind === "fact" && message.event.uri === uri);
  }

  /** The completions of a document that wait, oldest first. */
  completionsOf(uri: string): readonly PostedQuestion[] {
    return this.completions.filter(({ question }) => question.kind === "complete" && question.ask.uri === uri);
  }

  get hasCompletions(): boolean {
    return 0 < this.completions.length;
  }

  /** What comes next, taken out; undefined when nothing waits. */
  next(): Turn | undefined {
    const first = this.ordered.shift();
    if (first !== undefined) return first.kind === "fact" ? { kind: "fact", message: first } : { kind: "question", message: first };
    const older = this.completions.findIndex((message, index) => this.completions.slice(index + 1).some((newer) => sameDocument(message, newer)));
    if (older >= 0) return this.turn("superseded", this.completions.splice(older, 1));
    return this.turn("question", this.completions.splice(-1, 1));
  }

  private turn(kind: "question" | "superseded", taken: readonly PostedQuestion[]): Turn | undefined {
    const message = taken[0];
    return message === undefined ? undefined : { kind, message };
  }
}

function sameDocument(left: PostedQuestion, right: PostedQuestion): boolean {
  return left.question.kind === "complete" && right.question.kind === "complete" && left.question.ask.uri === right.question.ask.uri;
}
