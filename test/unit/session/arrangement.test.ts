// Where window, anchor and suffix stand by each layout, as the prompt of one small file: `|` is the cursor. Then what moves
// them, and what doesn't.
import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { layout } from "../../../sidecar/prompt/layout";
import { Arrangement } from "../../../sidecar/session/arrangement";
import { policyNamed } from "../../../sidecar/session/policy";
import { Lines } from "../../../sidecar/text/lines";
import { utf16 } from "../../../sidecar/text/frames";
import { TokenRope } from "../../../sidecar/tokens/rope";
import { bracedStructure } from "../../support/bracedStructure";
import { FakeTokenizer } from "../../support/fakeTokenizer";
import { parseMarked } from "../../support/marked";
import { fim, printPrompt } from "../../support/promptNotation";

/** One document's arrangement, whose text is given anew each time as marked text; `$0` is the cursor. */
class Arranging {
  private readonly arrangement: Arrangement;
  private readonly tokenizer = new FakeTokenizer();
  private cursor = utf16(0);
  private text = "";

  constructor(layoutText: string) {
    const policy = policyNamed(`${layoutText} runs`);
    ok(policy !== undefined);
    this.arrangement = new Arrangement(policy.layout);
  }

  /** The prompt for the cursor behind the edit. */
  prompt(marked: string, budgetTokens = 1_000): string {
    const { after, cursor, delta } = parseMarked(marked);
    this.text = after;
    this.cursor = cursor ?? this.cursor;
    if (!delta.isEmpty()) this.arrangement.follow(delta, Lines.of(after));
    const scene = this.scene();
    const arranged = this.arrangement.at(this.cursor, budgetTokens, scene, this.arrangement.shown);
    return printPrompt(layout({ rope: scene.rope, path: "a.ts", cursor: this.cursor, ...arranged }, fim), this.tokenizer).replace(/<file>a\.ts⏎/g, "§");
  }

  isLong(): boolean {
    return this.arrangement.isLong(this.cursor, Lines.of(this.text));
  }

  rest(): void {
    this.arrangement.rest(this.cursor, this.scene());
  }

  forget(): void {
    this.arrangement.forget();
  }

  private scene() {
    const { text } = this;
    const lines = Lines.of(text);
    return { rope: TokenRope.of(text, this.tokenizer), lines, outline: () => ({ lines, spans: bracedStructure(text) }) };
  }
}

const file = "a;\nb;\nc;\nd;\n$0e;\nf;\ng;\n";

function checkLayout(layoutText: string, expected: string): void {
  test(layoutText, () => equal(new Arranging(layoutText).prompt(file), expected));
}

checkLayout("prefixFirst", "§<prefix>a;⏎b;⏎c;⏎d;<suffix>e;⏎f;⏎g;⏎‖<middle>⟨⏎⟩");
checkLayout("suffixFirst", "§<prefix><suffix>e;⏎f;⏎g;⏎‖<middle>a;⏎b;⏎c;⏎d;⟨⏎⟩");
checkLayout("suffixFirstSticky", "§<prefix><suffix>f;⏎g;⏎‖<middle>a;⏎b;⏎c;⏎d;⟨⏎⟩");
checkLayout("anchored2", "§<prefix>a;⏎b;⏎<suffix>e;⏎f;⏎g;⏎‖<middle>c;⏎d;⟨⏎⟩");
checkLayout("anchored8", "§<prefix><suffix>e;⏎f;⏎g;⏎‖<middle>a;⏎b;⏎c;⏎d;⟨⏎⟩");
checkLayout("window1-2-1", "§a;⏎b;⏎g;⏎‖§<prefix>c;⏎<suffix>e;⏎f;⏎<middle>d;⟨⏎⟩");
checkLayout("excerpt1-1", "§<prefix>d;<suffix>e;⏎f;⏎‖<middle>⟨⏎⟩");

const body = "function go() {\n  if (x) {\n    call(\n      1,\n    );$0\n  }\n}\n";
test("anchoredStatement1 begins the middle where the statement begins", () => {
  equal(new Arranging("anchoredStatement1").prompt(body), "§<prefix>function go() {⏎  if (x) {⏎<suffix>⏎  }⏎}⏎‖<middle>    call(⏎      1,⏎    )⟨;⟩");
});
test("anchoredFunction1 begins it where the function does", () => {
  ok(new Arranging("anchoredFunction1").prompt(body).includes("‖<middle>function go() {⏎"));
});

test("typing down leaves the anchor where it is; idle time moves it", () => {
  const arranging = new Arranging("anchored2");
  arranging.prompt("a;\nb;\nc;\n$0z;\n");
  let typed = "";
  for (let line = 0; line < 15; line += 1) {
    arranging.prompt(`a;\nb;\nc;\n${typed}{+q;\n+}$0z;\n`);
    typed += "q;\n";
    equal(arranging.isLong(), line === 14);
  }
  const long = `§<prefix>a;⏎<suffix>z;⏎‖<middle>b;⏎c;⏎${"q;⏎".repeat(14)}q;⟨⏎⟩`;
  const text = `a;\nb;\nc;\n${typed}$0z;\n`;
  equal(arranging.prompt(text), long);
  arranging.rest();
  equal(arranging.isLong(), false);
  equal(arranging.prompt(text), `§<prefix>a;⏎b;⏎c;⏎${"q;⏎".repeat(13)}<suffix>z;⏎‖<middle>q;⏎q;⟨⏎⟩`);
});

test("a middle that isn't long stays where it is in idle time", () => {
  const arranging = new Arranging("anchored2");
  arranging.prompt("a;\nb;\nc;\n$0z;\n");
  const before = arranging.prompt("a;\nb;\nc;\n{+q;\n+}$0z;\n");
  arranging.rest();
  equal(arranging.prompt("a;\nb;\nc;\nq;\n$0z;\n"), before);
});

test("other layouts have nothing that rests", () => {
  const arranging = new Arranging("prefixFirst");
  const before = arranging.prompt(`${"q;\n".repeat(40)}$0`);
  arranging.rest();
  equal(arranging.isLong(), false);
  equal(arranging.prompt(`${"q;\n".repeat(40)}$0`), before);
});

test("the anchor moves with the text above it", () => {
  const arranging = new Arranging("anchored2");
  arranging.prompt(file);
  equal(arranging.prompt("{+x;\n+}a;\nb;\nc;\nd;\n$0e;\nf;\ng;\n"), "§<prefix>x;⏎a;⏎b;⏎<suffix>e;⏎f;⏎g;⏎‖<middle>c;⏎d;⟨⏎⟩");
});

const below = "f;\n".repeat(20);
const belowShown = "f;⏎".repeat(20);
test("a suffix that stays is shown while what is below begins alike, and gives way when it doesn't", () => {
  const arranging = new Arranging("suffixFirstSticky");
  equal(arranging.prompt(`a;\n$0b;\n${below}`), `§<prefix><suffix>${belowShown}‖<middle>a;⟨⏎⟩`);
  // One token more among the first fifty: alike.
  equal(arranging.prompt(`a;\n$0b;\nf;\nf{+g+};\n${below.slice(6)}`), `§<prefix><suffix>${belowShown}‖<middle>a;⟨⏎⟩`);
  // Another first token.
  equal(arranging.prompt(`a;\n$0b;\n{+x;\n+}f;\nfg;\n${below.slice(6)}`), `§<prefix><suffix>x;⏎f;⏎fg;⏎${belowShown.slice(6)}‖<middle>a;⟨⏎⟩`);
});

test("what is forgotten stands in the way of nothing", () => {
  const arranging = new Arranging("suffixFirstSticky");
  arranging.prompt(`a;\n$0b;\n${below}`);
  arranging.forget();
  equal(arranging.prompt(`a;\n$0b;\nf;\nfg;\n${below.slice(6)}`), `§<prefix><suffix>f;⏎fg;⏎${belowShown.slice(6)}‖<middle>a;⟨⏎⟩`);
});

test("where not all has room, a suffix that stays is no longer than what is below in the window", () => {
  const arranging = new Arranging("suffixFirstSticky");
  const budgetTokens = 120;
  for (let count = 1; count < 60; count += 1) {
    const prompt = arranging.prompt(`${"q;\n".repeat(count - 1)}{+q;\n+}$0b;\n${"f;\n".repeat(30)}`, budgetTokens);
    const linesShown = prompt.split(";").length - 1;
    // Lines of three tokens, and the cursor's own, which this layout leaves out.
    ok(3 * linesShown <= budgetTokens, `${linesShown} lines are shown where ${count} are above`);
  }
});
