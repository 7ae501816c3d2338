import { readFileSync } from 'node:fs';
import { lineAt } from '#kernel/postgres/statements.ts';
import { ABSENT_EXTENSIONS, type AbsentExtension, STAND_INS, type StandIn } from './absent.ts';
import { codeOf } from './sql-code.ts';

/** The part of a file that planning reads. */
export interface PlannedFile {
  readonly label: string;
  readonly statements: readonly { readonly text: string; readonly line: number }[];
}

export interface Fault {
  readonly label: string;
  readonly line: number;
  readonly extension: string;
  readonly message: string;
}

export interface ExtensionPlan {
  /** Names that CREATE EXTENSION asks for, in order, each once. */
  readonly declared: readonly string[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
  /** The SQL to run instead of this statement (empty: nothing); undefined when it runs as it is. */
  instead(statement: string): string | undefined;
}

const CREATE =
  /^create\s+extension\s+(?:if\s+not\s+exists\s+)?("[^"]+"|[\w-]+)(?:\s+with)?(?:\s+schema\s+("[^"]+"|\w+))?/i;
const OTHER = /^(?:comment\s+on\s+extension|alter\s+extension|drop\s+extension(?:\s+if\s+exists)?)\s+("[^"]+"|[\w-]+)/i;
const FOLDER = new URL('../sql/stand-ins/', import.meta.url);

const nameOf = (identifier: string) =>
  identifier.startsWith('"') ? identifier.slice(1, -1) : identifier.toLowerCase();

/**
 * What these files need of extensions that the server, which offers `available`, lacks. An extension that is only declared is a
 * warning; one that is used, or that nobody knows, is a fault with file, line and way out. Pure but for reading the stand-ins.
 */
export function planExtensions(files: readonly PlannedFile[], available: ReadonlySet<string>): ExtensionPlan {
  const declarations = files.flatMap(declarationsOf);
  const declared = [...new Set(declarations.map(({ name }) => name))];
  const absent = ABSENT_EXTENSIONS.filter(({ name }) => !available.has(name));
  const standIns = STAND_INS.filter(({ name }) => !available.has(name));
  const known = new Set([...available, ...absent.map(({ name }) => name), ...standIns.map(({ name }) => name)]);
  const inPlay = absent.filter(({ name, preinstalled }) => preinstalled || declared.includes(name));
  const uses = files.flatMap((file) => usesOf(file, inPlay));
  const faults = [
    ...declarations.filter(({ name }) => !known.has(name)).map(unknownExtension),
    ...uses.filter(({ later }) => !later).map(usedExtension),
  ];
  return {
    declared,
    faults,
    warnings: [
      ...declared
        .filter((name) => absent.some((each) => each.name === name))
        .filter((name) => !faults.some((fault) => fault.extension === name))
        .map(onlyDeclared),
      ...standIns.filter(({ name }) => declared.includes(name)).map(standInUsed),
      ...uses.filter(({ later }) => later).map(usedLater),
    ],
    instead: (statement) => insteadOf(statement, absent, standIns),
  };
}

interface Declaration {
  readonly name: string;
  readonly label: string;
  readonly line: number;
}

function declarationsOf({ label, statements }: PlannedFile): Declaration[] {
  return statements.flatMap(({ text, line }) => {
    const match = CREATE.exec(text);
    return match ? [{ name: nameOf(match[1]!), label, line }] : [];
  });
}

interface Use {
  readonly extension: AbsentExtension;
  readonly label: string;
  readonly line: number;
  readonly text: string;
  /** In the body of a function: fails when it is called, not now. */
  readonly later: boolean;
}

function usesOf({ label, statements }: PlannedFile, extensions: readonly AbsentExtension[]): Use[] {
  return statements.flatMap(({ text, line }) => {
    if (extensions.length === 0 || CREATE.test(text) || OTHER.test(text)) return [];
    const { immediate, bodies } = codeOf(text);
    return extensions.flatMap((extension) => {
      const now = extension.uses?.exec(immediate);
      const match = now ?? extension.uses?.exec(bodies);
      if (!match) return [];
      const at = line + lineAt(text, match.index) - 1;
      return [{ extension, label, line: at, text: match[0].replaceAll('"', '').trim(), later: !now }];
    });
  });
}

function unknownExtension({ name, label, line }: Declaration): Fault {
  const message = `${label} line ${line}: the extension "${name}" is not installed on this server`;
  return { label, line, extension: name, message };
}

function usedExtension({ extension: { name, wayOut }, label, line, text }: Use): Fault {
  const message = `${label} line ${line}: "${text}" needs the extension ${name}, which this server does not have; ${wayOut}`;
  return { label, line, extension: name, message };
}

function usedLater({ extension: { name, wayOut }, label, line, text }: Use): string {
  return `${label} line ${line}: a function uses "${text}" of the extension ${name}, which this server does not have: it fails when it is called; ${wayOut}`;
}

function onlyDeclared(name: string): string {
  return `the extension ${name} is not on this server; CREATE EXTENSION is passed over`;
}

function standInUsed({ name, does }: StandIn): string {
  return `the extension ${name} is not on this server; a stand-in takes its place: ${does}`;
}

function insteadOf(
  statement: string,
  absent: readonly AbsentExtension[],
  standIns: readonly StandIn[],
): string | undefined {
  const create = CREATE.exec(statement);
  const name = nameOf((create ?? OTHER.exec(statement))?.[1] ?? '');
  const standIn = standIns.find((each) => each.name === name);
  const missing = absent.find((each) => each.name === name);
  if (!standIn && !missing) return undefined;
  if (!create) return '';
  if (missing) return missing.schema ? `create schema if not exists ${missing.schema}` : '';
  const schema = create[2] ?? 'public';
  return readFileSync(new URL(standIn!.file, FOLDER), 'utf8').replaceAll('@schema@', schema);
}
