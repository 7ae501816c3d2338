/** How a setting is edited, worked out from the JSON schema that the server checks it by. */
export interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly maxLength?: number;
}

export type Editor =
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly values: readonly unknown[] }
  /** Null where a bound is missing; `above`: the least value itself is not allowed. */
  | {
      readonly kind: 'number';
      readonly min: number | null;
      readonly max: number | null;
      readonly above: boolean;
      readonly whole: boolean;
      /** Nothing typed means null. */
      readonly optional: boolean;
    }
  /** One of a few values, or a number. */
  | { readonly kind: 'mixed'; readonly values: readonly unknown[]; readonly number: NumberEditor }
  | { readonly kind: 'text'; readonly longest: number | null }
  | { readonly kind: 'group'; readonly fields: readonly (readonly [name: string, editor: Editor])[] }
  /** Anything else is typed as JSON, and the server judges it. */
  | { readonly kind: 'json' };

/** Without a schema the value itself says what it is. */
export function editorOf(shape: Shape | null | undefined, value: unknown): Editor {
  if (!shape) return editorByValue(value);
  const choices = choicesOf(shape);
  if (choices)
    return choices.length === 2 && choices.every(isBoolean) ? { kind: 'switch' } : { kind: 'choice', values: choices };
  if (shape.anyOf) return eitherOf(shape.anyOf);
  if (shape.type === 'string') return { kind: 'text', longest: shape.maxLength ?? null };
  if (isNumeric(shape)) return numberEditor(shape);
  if (shape.type === 'object' && shape.properties) {
    const fields = Object.entries(shape.properties).map(([name, each]) => [name, editorOf(each, null)] as const);
    if (fields.every(([, { kind }]) => kind === 'number')) return { kind: 'group', fields };
  }
  return { kind: 'json' };
}

/** A number or nothing, or a number or one of a few values. */
function eitherOf(shapes: readonly Shape[]): Editor {
  const [numbers, others] = [shapes.filter(isNumeric), shapes.filter((shape) => !isNumeric(shape))];
  const values = others.map(choicesOf);
  const [shape] = numbers;
  if (numbers.length !== 1 || !shape || values.includes(undefined)) return { kind: 'json' };
  const number = numberEditor(shape);
  const allowed = values.flatMap((each) => each ?? []);
  return allowed.every((value) => value === null)
    ? { ...number, optional: true }
    : { kind: 'mixed', values: allowed, number };
}

const isNumeric = ({ type }: Shape) => type === 'integer' || type === 'number';

const numberEditor = (shape: Shape): NumberEditor => ({
  kind: 'number',
  min: shape.minimum ?? shape.exclusiveMinimum ?? null,
  max: shape.maximum ?? null,
  above: shape.minimum === undefined && shape.exclusiveMinimum !== undefined,
  whole: shape.type === 'integer',
  optional: false,
});

const isBoolean = (value: unknown) => typeof value === 'boolean';

/** Every value a schema allows, where it lists them. */
function choicesOf(shape: Shape): unknown[] | undefined {
  if (shape.enum) return [...shape.enum];
  if ('const' in shape) return [shape.const];
  if (shape.type === 'null') return [null];
  if (shape.type === 'boolean') return [true, false];
  const parts = shape.anyOf?.map(choicesOf);
  return parts?.every((part) => part !== undefined) ? parts.flat() : undefined;
}

function editorByValue(value: unknown): Editor {
  if (typeof value === 'boolean') return { kind: 'switch' };
  if (typeof value === 'number')
    return { kind: 'number', min: null, max: null, above: false, whole: false, optional: false };
  if (typeof value === 'string') return { kind: 'text', longest: null };
  return { kind: 'json' };
}

export type NumberEditor = Extract<Editor, { kind: 'number' }>;

/** The number that was typed, when it lies in the editor's range; undefined when not. */
export function numberTyped(text: string, editor: NumberEditor): number | null | undefined {
  const value = Number(text);
  if (text.trim() === '') return editor.optional ? null : undefined;
  if (!Number.isFinite(value)) return undefined;
  if (editor.whole && !Number.isInteger(value)) return undefined;
  if (editor.min !== null && (value < editor.min || (editor.above && value === editor.min))) return undefined;
  if (editor.max !== null && value > editor.max) return undefined;
  return value;
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
