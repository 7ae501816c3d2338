/** Copies the state of a machine into one Float64Array and back: own fields in the order their constructor made them. */

type Visit = (holder: Record<string, unknown>, key: string) => void;

function walk(holder: object, visitNumber: Visit, visitArray: (values: Float64Array) => void): void {
  const fields = holder as Record<string, unknown>;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (typeof value === 'number' || typeof value === 'boolean') visitNumber(fields, key);
    else if (value instanceof Float64Array) visitArray(value);
    else if (typeof value === 'object' && value !== null) walk(value, visitNumber, visitArray);
  }
}

/** How many float64 values a state takes. */
export function stateSize(state: object): number {
  let size = 0;
  walk(
    state,
    () => size++,
    (values) => {
      size += values.length;
    },
  );
  return size;
}

export function saveState(state: object): Float64Array {
  const saved = new Float64Array(stateSize(state));
  let at = 0;
  walk(
    state,
    (holder, key) => {
      saved[at++] = Number(holder[key]);
    },
    (values) => {
      saved.set(values, at);
      at += values.length;
    },
  );
  return saved;
}

/** Throws RangeError when the snapshot is of another indicator or other parameters. */
export function loadState(state: object, saved: Float64Array): void {
  const size = stateSize(state);
  if (saved.length !== size)
    throw new RangeError(`the snapshot has ${saved.length} values, this indicator's state ${size}`);
  let at = 0;
  walk(
    state,
    (holder, key) => {
      const value = saved[at++];
      holder[key] = typeof holder[key] === 'boolean' ? value === 1 : value;
    },
    (values) => {
      values.set(saved.subarray(at, at + values.length));
      at += values.length;
    },
  );
}
