import { useId, useState } from 'react';
import { number } from '../../../app/format.ts';
import { type Editor, type NumberEditor, numberTyped } from './setting-editor.ts';
import { nameOf, say, valueWord } from './texts.ts';

interface ValueEditorProps {
  /** The key: its name and description label the field. */
  readonly id: string;
  readonly editor: Editor;
  /** As it is stored. */
  readonly value: unknown;
  readonly draft: unknown;
  /** Undefined: what is typed is no value. */
  readonly onChange: (value: unknown) => void;
}

/** The value as a person reads it. */
export function shown(value: unknown): string {
  if (typeof value === 'number') return number(value, 4);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return valueWord(value);
  return Object.entries(value as Record<string, unknown>)
    .map(([key, each]) => `${nameOf(key)} ${shown(each)}`)
    .join(' · ');
}

export function ValueEditor({ id, editor, value, draft, onChange }: ValueEditorProps) {
  const labelled = { 'aria-labelledby': `name-${id}`, 'aria-describedby': `about-${id}` };
  switch (editor.kind) {
    case 'switch':
      return (
        <label className="check">
          <input
            type="checkbox"
            role="switch"
            aria-checked={draft === true}
            {...labelled}
            checked={draft === true}
            onChange={(event) => onChange(event.target.checked)}
          />
          <span aria-hidden="true">{valueWord(draft === true)}</span>
        </label>
      );
    case 'choice':
      return (
        <select
          className="field-input"
          {...labelled}
          value={JSON.stringify(draft)}
          onChange={(event) => onChange(JSON.parse(event.target.value))}
        >
          {editor.values.map((each) => (
            <option key={String(each)} value={JSON.stringify(each)}>
              {shown(each)}
            </option>
          ))}
        </select>
      );
    case 'number':
      return <NumberField editor={editor} start={value} labelled={labelled} onChange={onChange} />;
    case 'mixed':
      return <Mixed editor={editor} start={value} labelled={labelled} onChange={onChange} />;
    case 'text':
      return (
        <input
          className="field-input"
          {...labelled}
          dir="auto"
          value={String(draft ?? '')}
          maxLength={editor.longest ?? undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'group':
      return <Group editor={editor} start={value as Record<string, unknown>} onChange={onChange} />;
    case 'json':
      return <JsonField start={value} labelled={labelled} onChange={onChange} />;
  }
}

interface NumberFieldProps {
  readonly editor: NumberEditor;
  readonly start: unknown;
  readonly labelled?: Readonly<Record<string, string>>;
  readonly id?: string;
  readonly onChange: (value: number | null | undefined) => void;
}

function NumberField({ editor, start, labelled, id, onChange }: NumberFieldProps) {
  const hint = useId();
  const [text, setText] = useState(typeof start === 'number' ? String(start) : '');
  const wrong = numberTyped(text, editor) === undefined;
  const range = rangeOf(editor);
  return (
    <>
      <input
        id={id}
        className="field-input short"
        {...labelled}
        aria-describedby={[labelled?.['aria-describedby'], range && hint].filter(Boolean).join(' ') || undefined}
        aria-invalid={wrong}
        dir="ltr"
        inputMode={editor.whole ? 'numeric' : 'decimal'}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          onChange(numberTyped(event.target.value, editor));
        }}
      />
      {range && (
        <span id={hint} className={wrong ? 'small down' : 'small quiet'}>
          {range}
        </span>
      )}
    </>
  );
}

function rangeOf({ min, max, above, whole, optional }: NumberEditor): string {
  const from = min === null ? '' : number(min, 4);
  const range =
    min !== null && max !== null
      ? say(above ? 'aboveTo' : 'range', { from, to: number(max, 4) })
      : min !== null
        ? say(above ? 'above' : 'least', { from })
        : '';
  return [range, whole && !range && say('whole'), optional && say('orEmpty')].filter(Boolean).join(', ');
}

interface MixedProps {
  readonly editor: Extract<Editor, { kind: 'mixed' }>;
  readonly start: unknown;
  readonly labelled: Readonly<Record<string, string>>;
  readonly onChange: (value: unknown) => void;
}

const A_NUMBER = 'number';

function Mixed({ editor, start, labelled, onChange }: MixedProps) {
  const [chosen, setChosen] = useState(typeof start === 'number' ? A_NUMBER : JSON.stringify(start));
  return (
    <>
      <select
        className="field-input"
        {...labelled}
        value={chosen}
        onChange={(event) => {
          setChosen(event.target.value);
          onChange(event.target.value === A_NUMBER ? undefined : JSON.parse(event.target.value));
        }}
      >
        {editor.values.map((each) => (
          <option key={String(each)} value={JSON.stringify(each)}>
            {shown(each)}
          </option>
        ))}
        <option value={A_NUMBER}>{say('afterHours')}</option>
      </select>
      {chosen === A_NUMBER && (
        <NumberField editor={editor.number} start={start} labelled={labelled} onChange={onChange} />
      )}
    </>
  );
}

interface GroupProps {
  readonly editor: Extract<Editor, { kind: 'group' }>;
  readonly start: Readonly<Record<string, unknown>>;
  readonly onChange: (value: unknown) => void;
}

/** Undefined as a whole while one of its numbers is none. */
function Group({ editor, start, onChange }: GroupProps) {
  const id = useId();
  const [values, setValues] = useState<Readonly<Record<string, unknown>>>(start ?? {});
  return (
    <div className="setting-group">
      {editor.fields.map(([name, field]) => (
        <div key={name} className="form-field">
          <label htmlFor={`${id}-${name}`}>{nameOf(name)}</label>
          <NumberField
            id={`${id}-${name}`}
            editor={field as NumberEditor}
            start={values[name]}
            onChange={(value) => {
              const next = { ...values, [name]: value };
              setValues(next);
              onChange(Object.values(next).includes(undefined) ? undefined : next);
            }}
          />
        </div>
      ))}
    </div>
  );
}

interface JsonFieldProps {
  readonly start: unknown;
  readonly labelled: Readonly<Record<string, string>>;
  readonly onChange: (value: unknown) => void;
}

function JsonField({ start, labelled, onChange }: JsonFieldProps) {
  const [text, setText] = useState(JSON.stringify(start, null, 2));
  const value = parsed(text);
  return (
    <textarea
      className="field-input"
      {...labelled}
      aria-invalid={value === undefined}
      dir="ltr"
      spellCheck={false}
      rows={4}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        onChange(parsed(event.target.value));
      }}
    />
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
