// Owns one panel of a picture: axes, points with their intervals, labels. Knows no evaluation; writes SVG.
import type { Interval } from "../score";
import type { Box } from "./labelPlacement";
import { characterWidth, placeLabels } from "./labelPlacement";
import { linearScale, logScale } from "./pictureScale";

export type Mark = "circle" | "square" | "diamond";

export interface PanelPoint {
  readonly label: string;
  readonly mark: Mark;
  readonly colour: string;
  readonly x: number;
  readonly xInterval: Interval | undefined;
  readonly y: number;
  readonly yInterval: Interval | undefined;
}

export interface Panel {
  readonly title: string;
  readonly xTitle: string;
  readonly points: readonly PanelPoint[];
  /** Drawn hollow and without a label. */
  readonly hollow: readonly PanelPoint[];
  /** How a figure is written on the axis. */
  yText(value: number): string;
}

export const ink = "#1f2328";
export const faintInk = "#59636e";
const grid = "#d8dee4";

/** SVG of a panel whose axes enclose `frame`; x is logarithmic. */
export function panelSvg(panel: Panel, frame: Box): string {
  const all = [...panel.points, ...panel.hollow];
  const xs = logScale(all.flatMap((point) => [point.x, ...ends(point.xInterval)]), 8);
  const ys = linearScale(all.flatMap((point) => [point.y, ...ends(point.yInterval)]), 6);
  const toX = (value: number): number => round(frame.left + xs.place(value) * (frame.right - frame.left));
  const toY = (value: number): number => round(frame.bottom - ys.place(value) * (frame.bottom - frame.top));
  const parts = [`<text x="${frame.left}" y="${frame.top - 14}" font-weight="600" fill="${ink}">${escaped(panel.title)}</text>`];
  for (const tick of ys.ticks) {
    parts.push(line(frame.left, toY(tick), frame.right, toY(tick), tick === 0 ? faintInk : grid));
    parts.push(`<text x="${frame.left - 7}" y="${toY(tick) + 4}" text-anchor="end" fill="${faintInk}">${escaped(panel.yText(tick))}</text>`);
  }
  for (const tick of xs.ticks) {
    parts.push(line(toX(tick), frame.top, toX(tick), frame.bottom, grid));
    parts.push(`<text x="${toX(tick)}" y="${frame.bottom + 17}" text-anchor="middle" fill="${faintInk}">${tick.toLocaleString("en")}</text>`);
  }
  const middle = (frame.left + frame.right) / 2;
  parts.push(`<text x="${middle}" y="${frame.bottom + 36}" text-anchor="middle" fill="${ink}">${escaped(panel.xTitle)}</text>`);
  for (const point of panel.points) {
    const [x, y] = [toX(point.x), toY(point.y)];
    if (point.yInterval !== undefined) parts.push(line(x, toY(point.yInterval.low), x, toY(point.yInterval.high), point.colour, 0.55));
    if (point.xInterval !== undefined) parts.push(line(toX(point.xInterval.low), y, toX(point.xInterval.high), y, point.colour, 0.55));
  }
  for (const point of panel.hollow) parts.push(markSvg(point.mark, toX(point.x), toY(point.y), point.colour, false));
  for (const point of panel.points) parts.push(markSvg(point.mark, toX(point.x), toY(point.y), point.colour, true));
  const hollow = panel.hollow.map((point) => ({ x: toX(point.x), y: toY(point.y) }));
  const placed = placeLabels(panel.points.map((point) => ({ x: toX(point.x), y: toY(point.y), label: point.label })), hollow, frame);
  placed.forEach((label, index) => {
    const point = panel.points[index];
    if (point === undefined) return;
    const [x, y] = [toX(point.x), toY(point.y)];
    const nearEnd = label.x < x ? label.x + characterWidth * label.label.length : label.x;
    if (label.isFar) parts.push(line(x, y, nearEnd, label.baseline - 4, faintInk, 0.7));
    parts.push(`<text x="${round(label.x)}" y="${round(label.baseline)}" fill="${ink}" ${halo}>${escaped(label.label)}</text>`);
  });
  return parts.join("\n");
}

/** A mark of its own, for legends. */
export function markSvg(mark: Mark, x: number, y: number, colour: string, isFilled: boolean): string {
  const paint = isFilled ? `fill="${colour}" stroke="#ffffff" stroke-width="1"` : `fill="#ffffff" fill-opacity="0.6" stroke="${colour}" stroke-width="1.5"`;
  switch (mark) {
    case "circle":
      return `<circle cx="${x}" cy="${y}" r="5" ${paint}/>`;
    case "square":
      return `<rect x="${x - 4.5}" y="${y - 4.5}" width="9" height="9" ${paint}/>`;
    case "diamond":
      return `<path d="M${x} ${y - 6}L${x + 6} ${y}L${x} ${y + 6}L${x - 6} ${y}Z" ${paint}/>`;
  }
}

/** Text stays readable where it crosses a line. */
const halo = 'stroke="#ffffff" stroke-width="3" stroke-opacity="0.85" paint-order="stroke"';

function line(x1: number, y1: number, x2: number, y2: number, colour: string, opacity = 1): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colour}" stroke-opacity="${opacity}"/>`;
}

function ends(interval: Interval | undefined): readonly number[] {
  return interval === undefined ? [] : [interval.low, interval.high];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
