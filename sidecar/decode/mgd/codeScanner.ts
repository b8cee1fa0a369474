// Owns what kind of text stands at the end of a code that grows: code, comment or string, which brackets are open, and the last
// stretch of the code itself, with strings emptied and comments gone. No parser: as exact as monitors need. Knows no name.
import type { CodeMarks } from "./codeMarks";

export type CodeMode = "code" | "comment" | "string" | "regex" | "character";

/** An open bracket. Frames are values: what changes is a new one. */
export interface Frame {
  /** "${" inside a template. */
  readonly opener: string;
  /** A call's arguments, an object literal's members, or anything else. */
  readonly role: "call" | "members" | "other";
  /** Where it was opened, in units of what was read. */
  readonly startUtf16: number;
  readonly commas: number;
  /** Whether something stands behind the last comma, or behind the bracket. */
  readonly hasItem: boolean;
  /** Whether an argument is given by name. */
  readonly isNamed: boolean;
  /** Whether the commas may not tell how many items there are. */
  readonly isUncertain: boolean;
  readonly hasLines: boolean;
  readonly parent: Frame | undefined;
}

/** The code behind which a bracket opens a call, or an object literal. */
export interface BracketRules {
  readonly call: RegExp;
  readonly members: RegExp | undefined;
  /** Whether members may be nested behind a colon. */
  readonly nestedMembers: RegExp | undefined;
  /** The code up to a comma between the parameters of a lambda. */
  readonly lambda: RegExp | undefined;
}

const tailUtf16 = 320;
const keptUtf16Max = 8 * tailUtf16;
const contentUtf16Max = 200;
/** What does nothing but follow: read at one stroke. */
const wordCharacters = /\w*/y;
const blanks = / */y;
const lineRest = /[^\n]*/y;
const commentRest = /[^*/]*/y;
const stringRest = /[^"'`\\\n{$#]*/y;

export class CodeScanner {
  mode: CodeMode = "code";
  frame: Frame | undefined;
  /** What the string under way holds so far; cut where it is long. */
  content = "";
  /** Units read in all. */
  length = 0;
  /** The code, of which only the last matters. */
  private kept = "";
  /** The last character of the code, and the last that is no blank. */
  private latest = "";
  private significant = "";
  private end = "";
  private isRaw = false;
  private isEscaped = false;
  private isInClass = false;
  /** The opening quote was doubled at once: an empty string, or the start of one with three quotes. */
  private doubled = "";
  private slash: "none" | "operator" | "operand" = "none";

  constructor(private readonly marks: CodeMarks, private readonly brackets: BracketRules) {}

  /** The last of the code; a string is its two quotes, a comment a blank. */
  get code(): string {
    return this.kept.slice(-tailUtf16);
  }

  clone(): CodeScanner {
    return Object.assign(new CodeScanner(this.marks, this.brackets), this);
  }

  read(text: string): void {
    for (let index = 0; index < text.length; index += 1) {
      const character = text.charAt(index);
      this.readCharacter(character);
      this.length += 1;
      if (character === "\n" && this.frame !== undefined && !this.frame.hasLines) this.frame = { ...this.frame, hasLines: true };
      index += this.readAlike(character, text, index + 1);
    }
  }

  private readCharacter(character: string): void {
    switch (this.mode) {
      case "code":
        return this.readCode(character);
      case "comment":
        return this.readComment(character);
      case "string":
        return this.readString(character);
      case "regex":
        return this.readRegex(character);
      case "character":
        return this.readQuoted(character);
    }
  }

  /** Reads at one stroke what follows a character and changes no more than it did; gives how much that is. */
  private readAlike(character: string, text: string, from: number): number {
    const alike = this.alikeBehind(character);
    if (alike === undefined) return 0;
    alike.lastIndex = from;
    const run = alike.exec(text)?.[0] ?? "";
    this.length += run.length;
    if (this.mode === "code") this.append(run);
    else this.content = (this.content + run).slice(this.mode === "comment" ? -2 : -contentUtf16Max);
    return run.length;
  }

  private alikeBehind(character: string): RegExp | undefined {
    if (this.mode === "code") return character === " " ? blanks : /\w/.test(character) ? wordCharacters : undefined;
    if (this.mode === "comment") return this.end === "\n" ? lineRest : commentRest;
    return this.mode === "string" && !this.isEscaped ? stringRest : undefined;
  }

  private readCode(character: string): void {
    const doubled = this.doubled;
    this.doubled = "";
    if (doubled !== "" && character === doubled) return this.begin("string", doubled.repeat(3));
    const { slash, marks } = this;
    this.slash = "none";
    if (slash !== "none" && character === "/" && marks.lineComments.includes("//")) return this.beginComment("\n", 1);
    if (slash !== "none" && character === "*" && marks.blockComments) return this.beginComment("*/", 1);
    if (slash === "operator" && marks.regex) {
      this.begin("regex", "/");
      return this.readRegex(character);
    }
    if (character === "/") this.slash = beforeOperand.test(this.kept.slice(-12)) ? "operator" : "operand";
    if (character === "#" && marks.lineComments.includes("#") && /^[\s;]?$/.test(this.latest)) return this.beginComment("\n", 0);
    if (character === "'" && marks.quotes.character) return this.begin("character", "'");
    if (marks.quotes.plain.includes(character)) return this.begin("string", this.rawEnd() ?? character);
    if (character === "`" && marks.quotes.backtick !== "none") return this.begin("string", "`");
    this.readBracket(character);
    this.append(character);
  }

  private append(characters: string): void {
    if (characters === "") return;
    this.kept += characters;
    if (keptUtf16Max < this.kept.length) this.kept = this.kept.slice(-tailUtf16);
    this.latest = characters.charAt(characters.length - 1);
    if (!isBlank(this.latest)) this.significant = this.latest;
  }

  private readBracket(character: string): void {
    const top = this.frame;
    if (closers.has(character)) {
      if (top === undefined) return;
      this.frame = top.parent;
      if (top.opener === "${") {
        this.mode = "string";
        this.setString("`");
      }
      return;
    }
    if (top !== undefined && character === ",") {
      this.frame = { ...top, commas: top.commas + 1, hasItem: false, isUncertain: top.isUncertain || this.isLambda() };
    } else if (top !== undefined && !isBlank(character)) this.readItem(top, character);
    if (openers.has(character)) this.open(character, this.roleOf(character));
  }

  private readItem(top: Frame, character: string): void {
    const uncertain = character === "<" || character === "|" || this.isSpread(character);
    const named = character !== "=" && this.significant === "=" && !top.isNamed && /[(,]\s*\w+\s*=\s*$/.test(this.kept.slice(-80));
    if (top.hasItem && !uncertain && !named) return;
    this.frame = { ...top, hasItem: true, isNamed: top.isNamed || named, isUncertain: top.isUncertain || uncertain };
  }

  private isSpread(character: string): boolean {
    if (character === ".") return this.latest === "." && this.kept.endsWith("..");
    return character === "*" && /[(,]\s*\*?$/.test(this.kept.slice(-8));
  }

  private open(opener: string, role: Frame["role"]): void {
    const none = { commas: 0, hasItem: false, isNamed: false, isUncertain: false, hasLines: false };
    this.frame = { opener, role, startUtf16: this.length, ...none, parent: this.frame };
  }

  private roleOf(character: string): Frame["role"] {
    const before = this.kept.slice(-160);
    const { call, members, nestedMembers } = this.brackets;
    if (character === "(") return call.test(before.slice(-80)) ? "call" : "other";
    if (character !== "{") return "other";
    if (members?.test(before) === true) return "members";
    return this.frame?.role === "members" && nestedMembers?.test(before) === true ? "members" : "other";
  }

  /** Commas between the parameters of a lambda are none of the call's. */
  private isLambda(): boolean {
    return this.brackets.lambda?.test(this.kept.slice(-160)) === true;
  }

  private begin(mode: CodeMode, end: string): void {
    this.mode = mode;
    this.setString(end);
    if (this.frame !== undefined && mode !== "comment" && !this.frame.hasItem) this.frame = { ...this.frame, hasItem: true };
    this.append(mode === "regex" ? "" : end.charAt(0));
  }

  private setString(end: string): void {
    this.end = end;
    this.content = "";
    this.isEscaped = false;
    this.isInClass = false;
    this.isRaw = end.length > 1 && end.includes("#") ? true : end === "`" && this.marks.quotes.backtick === "raw";
  }

  private beginComment(end: string, marksRead: number): void {
    this.kept = this.kept.slice(0, this.kept.length - marksRead);
    this.mode = "comment";
    this.end = end;
    this.content = "";
  }

  private readComment(character: string): void {
    this.content = (this.content + character).slice(-2);
    if (!this.content.endsWith(this.end)) return;
    this.mode = "code";
    this.append(this.end === "\n" ? "\n" : " ");
  }

  private readString(character: string): void {
    const { end, marks } = this;
    if (this.isEscaped) this.isEscaped = false;
    else if (character === "\\" && !this.isRaw) this.isEscaped = true;
    else if (end === "`" && marks.quotes.backtick === "template" && character === "{" && this.content.endsWith("$")) {
      this.mode = "code";
      return this.open("${", "other");
    } else if (character === end.at(-1) && (this.content + character).endsWith(end)) return this.closeString(end);
    else if (character === "\n" && end.length === 1 && end !== "`" && !marks.quotes.severalLines) return this.endCode("\n");
    this.content = (this.content + character).slice(-contentUtf16Max);
  }

  private closeString(end: string): void {
    const isEmpty = this.content === "" && end.length === 1;
    this.endCode(end.charAt(0));
    if (isEmpty && this.marks.quotes.triple) this.doubled = end;
  }

  private endCode(appended: string): void {
    this.mode = "code";
    this.append(appended);
  }

  private readRegex(character: string): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (character === "\\") this.isEscaped = true;
    else if (character === "[") this.isInClass = true;
    else if (character === "]") this.isInClass = false;
    else if (character === "\n" || (character === "/" && !this.isInClass)) this.endCode(character === "/" ? "\"" : character);
  }

  /** A character between its quotes; without the second one, it was a mark before a name, as in Rust's 'a. */
  private readQuoted(character: string): void {
    if (this.isEscaped) {
      this.isEscaped = false;
      this.content += character;
    } else if (character === "\\") {
      this.isEscaped = true;
      this.content = "\\";
    } else if (character === "'") this.endCode("'");
    else if (character === "\n" || (1 <= this.content.length && !this.content.startsWith("\\"))) {
      this.mode = "code";
      this.append(this.content);
      this.readCode(character);
    } else this.content += character;
  }

  /** What ends a string whose opening quote follows the code: r"…" and r#"…"# of Rust. */
  private rawEnd(): string | undefined {
    if (!this.marks.quotes.rawHash) return undefined;
    const hashes = /\bb?r(#*)$/.exec(this.kept.slice(-20))?.[1];
    return hashes === undefined ? undefined : `"${hashes}`;
  }
}

const openers: ReadonlySet<string> = new Set(["(", "[", "{"]);
const closers: ReadonlySet<string> = new Set([")", "]", "}"]);

/** The code before a slash that begins a regular expression. */
const beforeOperand = /(?:^|[(,=:[!&|?{};+\-*%>~^\n]|\b(?:return|typeof|case|in|of))\s*$/;

function isBlank(character: string): boolean {
  return character === " " || character === "\n" || character === "\t" || character === "\r";
}
