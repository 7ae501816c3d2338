import { type ReactNode, useEffect, useState } from 'react';
import type { PageMeta } from '../../app/api.ts';
import { number } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { say } from './texts.ts';

export type Option = readonly [value: string, name: string];

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  /** Offers "any" as the empty value. */
  readonly any?: boolean;
  readonly name?: string;
  readonly onChange?: (value: string) => void;
}

/** A labelled select of a filter row. */
export function Choice({ label, value, options, any, name, onChange }: ChoiceProps) {
  return (
    <label className="admin-choice">
      <span>{label}</span>
      <select
        className="field-input"
        name={name}
        data-active={any && value !== ''}
        value={value}
        onChange={(event) => onChange?.(event.target.value)}
      >
        {any && <option value="">{t('any')}</option>}
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

const PAUSE_MS = 250;

interface SearchProps {
  readonly label: string;
  readonly value: string;
  readonly longest?: number;
  readonly onChange: (text: string) => void;
}

/** A search box that asks once its reader has stopped typing. */
export function Search({ label, value, longest = 255, onChange }: SearchProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText((typed) => (typed.trim() === value ? typed : value)), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => onChange(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <label className="admin-choice">
      <span>{label}</span>
      <input
        type="search"
        className="field-input"
        value={text}
        maxLength={longest}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}

/** A day of the reader's calendar, as `2026-11-22`; empty for none. */
export function DayField({ label, value, onChange }: Omit<SearchProps, 'longest'>) {
  return (
    <label className="admin-choice">
      <span>{label}</span>
      <input type="date" className="field-input" value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

interface PagesProps {
  readonly page: number;
  readonly shown: number;
  readonly limit: number;
  readonly meta?: Partial<PageMeta> | undefined;
  readonly turn: (page: number) => void;
}

/** Which rows are shown, of how many where that is known, and the way to the next ones. */
export function Pages({ page, shown, limit, meta, turn }: PagesProps) {
  const first = (page - 1) * limit + 1;
  const more = meta?.hasMore ?? shown === limit;
  if (page === 1 && !more && shown === 0) return null;
  const range = { from: number(shown === 0 ? 0 : first, 0), to: number(first + shown - 1, 0) };
  return (
    <nav className="pages" aria-label={say('pages')}>
      <button type="button" className="button" disabled={page <= 1} onClick={() => turn(page - 1)}>
        {say('previousPage')}
      </button>
      <span className="small" role="status">
        {meta?.total === undefined ? say('rows', range) : say('rowsOf', { ...range, total: number(meta.total, 0) })}
      </span>
      <button type="button" className="button" disabled={!more} onClick={() => turn(page + 1)}>
        {say('nextPage')}
      </button>
    </nav>
  );
}

export interface Column {
  readonly name: string;
  readonly numeric?: boolean;
  readonly hidden?: boolean;
}

/** A table that becomes small sheets on a phone: give every cell its column's name as `data-name`. */
export function StaffTable({
  caption,
  columns,
  children,
}: {
  caption: string;
  columns: readonly Column[];
  children: ReactNode;
}) {
  return (
    <table className="trades staff-table">
      <caption className="hidden-visually">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ name, numeric, hidden }) => (
            <th key={name} scope="col" className={numeric ? 'numeric' : undefined}>
              {hidden ? <span className="hidden-visually">{name}</span> : name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
