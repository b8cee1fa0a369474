// Owns where labels go so that they cover neither points nor each other. Pure geometry in the units of the picture.

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

export interface PlacedLabel {
  readonly label: string;
  /** The left end of the text's base line. */
  readonly x: number;
  readonly baseline: number;
  /** Whether it stands so far off that a line has to lead to its point. */
  readonly isFar: boolean;
}

/** Of the picture's font, on average. */
export const characterWidth = 6.5;
const lineHeight = 13;
const gap = 9;

/** One label a point, in the order of the points; within `frame` where there is room, and not on `others`. */
export function placeLabels(points: readonly LabelledPoint[], others: readonly Pick<LabelledPoint, "x" | "y">[], frame: Box): readonly PlacedLabel[] {
  const taken: Box[] = [...points, ...others].map(({ x, y }) => ({ left: x - 5, top: y - 5, right: x + 5, bottom: y + 5 }));
  return points.map((point) => {
    const boxes = candidates(point);
    const inside = boxes.filter((candidate) => isWithin(candidate.box, frame));
    const free = inside.find(({ box }) => taken.every((other) => !overlaps(box, other)));
    const chosen = free ?? least(inside.length > 0 ? inside : boxes, taken);
    taken.push(chosen.box);
    return { label: point.label, x: chosen.box.left, baseline: chosen.box.bottom - 3, isFar: chosen.isFar };
  });
}

interface Candidate {
  readonly box: Box;
  readonly isFar: boolean;
}

/** Beside the point, above it, below it, then farther and farther away. */
function candidates({ x, y, label }: LabelledPoint): readonly Candidate[] {
  const width = characterWidth * label.length;
  const at = (left: number, top: number, isFar: boolean): Candidate => ({ box: { left, top, right: left + width, bottom: top + lineHeight }, isFar });
  const centred = x - width / 2;
  const near = [at(x + gap, y - 7, false), at(x - gap - width, y - 7, false), at(centred, y - gap - lineHeight, false), at(centred, y + gap, false)];
  const far = [1, 2, 3, 4, 5, 6].flatMap((distance) => {
    const rise = distance * (lineHeight + 2);
    return [-rise, rise].flatMap((dy) => [at(x + gap, y - 7 + dy, true), at(x - gap - width, y - 7 + dy, true)]);
  });
  return [...near, ...far];
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function isWithin(box: Box, frame: Box): boolean {
  return frame.left <= box.left && box.right <= frame.right && frame.top <= box.top && box.bottom <= frame.bottom;
}

function least(boxes: readonly Candidate[], taken: readonly Box[]): Candidate {
  const hits = ({ box }: Candidate): number => taken.filter((other) => overlaps(box, other)).length;
  return boxes.reduce((best, candidate) => (hits(candidate) < hits(best) ? candidate : best));
}
