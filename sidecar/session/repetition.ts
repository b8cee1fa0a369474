// Owns the repetition penalty of the editor's completions: one for each, and what they did in all. Knows no engine's cells.
import { grammarNameOf } from "../../grammars/languages";
import { productionsOf } from "../../grammars/productions";
import { limits } from "../base/limits";
import { marksOf } from "../decode/languageMarks";
import type { LogitProcessor } from "../decode/processor";
import { RepetitionGuard } from "../decode/rpg/repetitionGuard";
import { shippedStrengths } from "../decode/rpg/strength";
import type { RepetitionStatistics } from "../protocol/data";
import type { PieceIndex } from "../tokens/pieceIndex";
import type { Tokenizer } from "../tokens/tokenizer";
import type { GrammarSource } from "./ownStructure";

/** The text around the cursor, as much as brackets need. */
export interface AroundCursor {
  readonly before: string;
  readonly after: string;
}

/** Where completions get their penalty from: the shipped one, or, for comparison, another in its place. */
export interface PenaltySource {
  /** One for each completion; pairs with its `close()`. `healed` ends what is before: the first new tokens must spell it again. */
  penaltyBehind(languageId: string, around: AroundCursor, healed: Uint8Array): LogitProcessor & { close(): void };
}

export class Repetition implements PenaltySource {
  private acted = 0;
  private changed = 0;
  private readonly rules: Record<string, number> = {};
  private readonly fallbackLanguages = new Set<string>();

  constructor(
    private readonly grammars: GrammarSource, private readonly pieces: PieceIndex, private readonly tokenizer: Tokenizer,
    private readonly endTokens: ReadonlySet<number>,
  ) {}

  /**
   * The penalty of one completion. Pairs with its `close()`.
   * @param healed what of the text before the cursor the first new tokens must spell again
   */
  penaltyBehind(languageId: string, { before, after }: AroundCursor, healed: Uint8Array): RepetitionGuard {
    const name = grammarNameOf(languageId);
    const hasTable = name !== undefined && productionsOf(name) !== undefined;
    if (!hasTable && this.fallbackLanguages.size < limits.fallbackLanguagesMax) this.fallbackLanguages.add(languageId);
    return new RepetitionGuard({
      grammar: hasTable ? this.grammars(languageId) : undefined,
      before: before.slice(0, before.length - Buffer.from(healed).toString().length),
      after,
      pieces: this.pieces,
      tokenizer: this.tokenizer,
      strengths: shippedStrengths,
      marks: marksOf(languageId),
      endTokens: this.endTokens,
      healedBytes: healed.length,
      onAct: ({ rule, changed }) => {
        this.acted += 1;
        if (changed) this.changed += 1;
        this.rules[rule] = (this.rules[rule] ?? 0) + 1;
      },
    });
  }

  statistics(): RepetitionStatistics {
    return { acted: this.acted, changed: this.changed, rules: { ...this.rules }, fallbackLanguages: [...this.fallbackLanguages] };
  }
}
