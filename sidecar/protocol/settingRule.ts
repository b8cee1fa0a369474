// Owns what a setting's value may be: rules that take a value or say, as a noun phrase, what must be there instead.
// Knows no setting by name; both ends of the wire read theirs by these rules.

export interface SettingRule<Value> {
  readonly otherwise: Value;
  /** Undefined where the value is none of the rule's. */
  readonly take: (value: unknown) => Value | undefined;
  /** A noun phrase for what must be there. */
  readonly wanted: string;
}

export type SettingRules<Settings> = { readonly [Name in keyof Settings]: SettingRule<Settings[Name]> };

export interface SettingFault {
  readonly name: string;
  readonly message: string;
}

export function yesOrNo(otherwise: boolean): SettingRule<boolean> {
  return { otherwise, take: (value) => (typeof value === "boolean" ? value : undefined), wanted: "true or false" };
}

export function wholeNumber(min: number, max: number, otherwise: number): SettingRule<number> {
  const take = (value: unknown): number | undefined =>
    typeof value === "number" && Number.isInteger(value) && min <= value && value <= max ? value : undefined;
  return { otherwise, take, wanted: `a whole number from ${min} to ${max}` };
}

export function oneOf<const Value extends string>(values: readonly Value[], otherwise: NoInfer<Value>): SettingRule<Value> {
  return { otherwise, take: (value) => values.find((known) => known === value), wanted: `one of ${values.join(", ")}` };
}

/** White space around it means nothing. */
export function text(otherwise: string): SettingRule<string> {
  return { otherwise, take: (value) => (typeof value === "string" ? value.trim() : undefined), wanted: "a text" };
}

export function texts(countMax: number, otherwise: readonly string[] = []): SettingRule<readonly string[]> {
  const take = (value: unknown): readonly string[] | undefined =>
    Array.isArray(value) && value.length <= countMax && value.every((item): item is string => typeof item === "string") ? value : undefined;
  return { otherwise, take, wanted: `a list of at most ${countMax} texts` };
}

/** A value that isn't there is `otherwise`, one that is wrong too, and is told of. */
export function readByRules<Settings extends object>(
  rules: SettingRules<Settings>, read: (name: keyof Settings & string) => unknown, otherwise?: Settings,
): { readonly settings: Settings; readonly faults: readonly SettingFault[] } {
  const faults: SettingFault[] = [];
  const entries = Object.entries(rules as Readonly<Record<string, SettingRule<unknown>>>).map(([name, rule]) => {
    const value = read(name as keyof Settings & string);
    const before = otherwise === undefined ? rule.otherwise : otherwise[name as keyof Settings];
    if (value === undefined || value === null) return [name, before] as const;
    const taken = rule.take(value);
    if (taken !== undefined) return [name, taken] as const;
    faults.push({ name, message: `palimpsest.${name} must be ${rule.wanted}; ${shownValue(value)} is not, and ${shownValue(before)} is used.` });
    return [name, before] as const;
  });
  return { settings: Object.freeze(Object.fromEntries(entries)) as Settings, faults };
}

/** Short, since it ends up in a message. */
function shownValue(value: unknown): string {
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length <= 60 ? shown : `${shown.slice(0, 57)}…`;
}
