// Owns what the page says of the helpers of decoding: how often each acted, and how often that changed anything.
// Says so where one is off.
import type { RepetitionStatistics, Statistics } from "../../../sidecar/protocol/data";
import { t } from "../l10n";
import { htmlTable, share, written } from "./figures";
import { html, noHtml, type Html } from "./html";

export function helpersAtWork({ repetition }: Statistics, language: string): Html {
  return html`<h3>${t("Repetition penalty")}</h3>${penalty(repetition, language)}`;
}

function penalty(repetition: RepetitionStatistics | undefined, language: string): Html {
  if (repetition === undefined) return html`<p>${t("It is switched off, or the model is not ready.")}</p>`;
  const { acted, changed, rules, fallbackLanguages } = repetition;
  const rows = Object.entries(rules).sort(([, a], [, b]) => b - a).map(([rule, count]) => [rule, written(count, language)]);
  const said = html`<p>${t("It acted on {0} choices and changed {1} of them ({2}).", acted, changed, share(changed, acted, language))}</p>`;
  const byRule = rows.length === 0 ? noHtml : htmlTable(t("What would have been opened again"), [t("Construct"), t("Choices")], rows);
  const fallback = fallbackLanguages.length === 0 ? noHtml
    : html`<p>${t("By lines and brackets only, without a table of productions: {0}.", fallbackLanguages.join(", "))}</p>`;
  return html`${said}${byRule}${fallback}`;
}
