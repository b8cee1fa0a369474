// Owns what the page says of the helpers of decoding: how often each acted, and how often that changed anything.
// Says so where one is off.
import type {
  MonitorServerState, MonitorSourceStatistics, MonitorStatistics, RepetitionStatistics, Statistics,
} from "../../../sidecar/protocol/data";
import { unreachable } from "../exhaustive";
import { t } from "../l10n";
import { htmlTable, share, written } from "./figures";
import { html, noHtml, type Html } from "./html";

export function helpersAtWork({ repetition, monitor, monitorSources }: Statistics, language: string): Html {
  return html`<h3>${t("Monitor of legal names")}</h3>${monitored(monitor, language)}${sources(monitorSources ?? [], language)}
<h3>${t("Repetition penalty")}</h3>${penalty(repetition, language)}`;
}

function monitored(monitor: MonitorStatistics | undefined, language: string): Html {
  if (monitor === undefined) return html`<p>${t("It is switched off, nobody can be asked for legal names, or the model is not ready.")}</p>`;
  const { asked, answered, open, late, masks, changed, impossible, waitMsMedian, waitMsP95 } = monitor;
  const rows: readonly (readonly [string, number | undefined])[] = [
    [t("questions"), asked], [t("answers that said what is legal"), answered], [t("answers that put no limit"), open], [t("answers that came too late"), late],
    [t("choices at which tokens were ruled out"), masks], [t("of these, the ones at which the likeliest was"), changed],
    [t("choices left alone, since nothing legal was left"), impossible],
    [t("wait for an answer, median, ms"), waitMsMedian], [t("wait for an answer, 95th percentile, ms"), waitMsP95],
  ];
  return html`<p>${t("It ruled out tokens at {0} choices and changed {1} of them ({2}).", masks, changed, share(changed, masks, language))}</p>
${htmlTable(t("What the monitor did"), ["", t("Count")], rows.map(([name, value]) => [name, value === undefined ? "–" : written(value, language)]))}`;
}

function sources(all: readonly MonitorSourceStatistics[], language: string): Html {
  if (all.length === 0) return noHtml;
  const head = [t("Source"), t("Asked"), t("In time"), t("Without limit"), t("Median wait, ms"), t("State")];
  return htmlTable(t("Who was asked for legal names"), head, all.map(({ name, languages, server, asked, inTime, open, waitMsMedian }) => [
    languages.length === 0 ? name : `${name} (${languages.join(", ")})`, ...[asked, inTime, open].map((count) => written(count, language)),
    waitMsMedian === undefined ? "–" : written(waitMsMedian, language),
    server === undefined ? "–" : [stateName(server.state), ...(server.reason === undefined ? [] : [server.reason])].join(": "),
  ]));
}

function stateName(state: MonitorServerState): string {
  switch (state) {
    case "missing":
      return t("not installed");
    case "stopped":
      return t("stopped");
    case "starting":
      return t("starting");
    case "ready":
      return t("ready");
    case "waiting":
      return t("starting again");
    case "failed":
      return t("failed");
    default:
      return unreachable(state);
  }
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
