// Owns the picture of the frontier: what is read against how good the answer is, one point a policy, as SVG on a ground of
// its own, so that it can be read on light and dark pages. Computes no figure.
import { policyNamed } from "../../../sidecar/session/policy";
import type { PolicyName } from "../../../sidecar/session/policy";
import type { Estimate } from "../score";
import type { FrontierRow } from "./figures";
import { isPeer } from "./peers";
import { escaped, faintInk, ink, markSvg, panelSvg } from "./picturePanel";
import type { Mark, PanelPoint } from "./picturePanel";

const width = 1_040;
const height = 520;
const panelTop = 92;
const panelBottom = 400;

interface Style {
  readonly mark: Mark;
  readonly colour: string;
}

/** Colours that stay apart for colour-blind eyes, with shapes of their own. */
const styles = {
  patched: { mark: "circle", colour: "#0b62c4" },
  peer: { mark: "square", colour: "#c2410c" },
  exact: { mark: "diamond", colour: "#4d5761" },
} as const satisfies Readonly<Record<string, Style>>;

/** The rows of jumps and edits elsewhere, or of everything where there are none. */
export function frontierPicture(rows: readonly FrontierRow[]): string {
  const group = rows.some((row) => row.group === "elsewhere") ? "elsewhere" : "all";
  const shown = rows.filter((row) => row.group === group);
  const points = Math.max(0, ...shown.map((row) => row.points));
  const title = group === "elsewhere" ? "Right after a jump or an edit elsewhere" : "All completions but the first";
  const loss = pointsOf(shown, (row) => row.lossOverPsm, (row) => row.coldLossOverPsm);
  const match = pointsOf(shown, (row) => percent(row.exactMatch), (row) => (row.coldExactMatch === undefined ? undefined : 100 * row.coldExactMatch));
  const xTitle = "tokens read for a completion, median (logarithmic)";
  const panels = [
    loss.points.length === 0 ? "" : panelSvg(
      { title: "Loss over a cold whole-file prompt, nats a token (lower is better)", xTitle, ...loss, yText: (value) => String(value) },
      { left: 62, top: panelTop, right: 505, bottom: panelBottom },
    ),
    match.points.length === 0 ? "" : panelSvg(
      { title: "Exact match of the next line (higher is better)", xTitle, ...match, yText: (value) => `${value} %` },
      { left: 577, top: panelTop, right: 1_020, bottom: panelBottom },
    ),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ` +
      `font-family="system-ui, -apple-system, 'Segoe UI', sans-serif" font-size="12">`,
    `<title>${escaped(`${title}: tokens read against loss and exact match, policy by policy`)}</title>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="#ffffff" stroke="#d8dee4"/>`,
    `<text x="20" y="32" font-size="16" font-weight="600" fill="${ink}">${escaped(title)}</text>`,
    `<text x="20" y="52" fill="${faintInk}">${points.toLocaleString("en")} completion points a policy; bars are 95 % bootstrap intervals over traces</text>`,
    ...panels,
    legend(),
    "</svg>",
    "",
  ].join("\n");
}

function legend(): string {
  const entries: readonly (readonly [Style, boolean, string])[] = [
    [styles.patched, true, "the cache patched in place"],
    [styles.peer, true, "what others do"],
    [styles.exact, true, "exact: common prefix, or everything read"],
    [styles.patched, false, "hollow: the same prompt on a cold cache"],
  ];
  let x = 62;
  return entries.map(([{ mark, colour }, isFilled, text]) => {
    const at = x;
    x += 34 + 6.4 * text.length;
    return `${markSvg(mark, at, height - 40, colour, isFilled)}\n<text x="${at + 12}" y="${height - 36}" fill="${ink}">${escaped(text)}</text>`;
  }).join("\n");
}

function styleOf(policy: PolicyName): Style {
  if (isPeer(policy)) return styles.peer;
  const keep = policyNamed(policy)?.keep;
  return keep === "none" || keep === "prefix" ? styles.exact : styles.patched;
}

interface Points {
  readonly points: readonly PanelPoint[];
  readonly hollow: readonly PanelPoint[];
}

function pointsOf(
  rows: readonly FrontierRow[], figure: (row: FrontierRow) => Estimate | undefined, coldFigure: (row: FrontierRow) => number | undefined,
): Points {
  const points = rows.flatMap((row): readonly PanelPoint[] => {
    const y = figure(row);
    const x = row.tokensEncoded;
    if (x === undefined || y === undefined) return [];
    return [{ label: row.policy, ...styleOf(row.policy), x: x.value, xInterval: x.interval, y: y.value, yInterval: y.interval }];
  });
  const hollow = rows.flatMap((row): readonly PanelPoint[] => {
    const [x, y] = [row.coldTokens, coldFigure(row)];
    if (x === undefined || y === undefined) return [];
    return [{ label: row.policy, ...styleOf(row.policy), x, xInterval: undefined, y, yInterval: undefined }];
  });
  return { points, hollow };
}

function percent(estimate: Estimate | undefined): Estimate | undefined {
  if (estimate === undefined) return undefined;
  const { value, interval } = estimate;
  return { value: 100 * value, interval: interval === undefined ? undefined : { low: 100 * interval.low, high: 100 * interval.high } };
}
