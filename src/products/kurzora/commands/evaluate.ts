import { writeFile } from 'node:fs/promises';
import { OperatorError } from '#kernel/errors.ts';
import type { Command } from '#kernel/product.ts';
import { type EvaluateReport, type EvaluateRequest, evaluateHistory } from '../evaluate.ts';
import { progressBars } from '../progress-bars.ts';
import { recordReport } from '../record-report.ts';
import type { KurzoraServices } from '../services.ts';

type Options = Record<string, string | boolean | undefined>;

export const evaluateCommand: Command<KurzoraServices> = {
  name: 'evaluate',
  description: 'replay the engine over the stored history and hold every score to what came after',
  options: [
    {
      flags: '--from <date>',
      description: 'first day that is scored, e.g. 2020-01-02; bars before it feed the indicators',
    },
    { flags: '--to <date>', description: 'last day that is scored; later bars decide its outcomes' },
    { flags: '--symbols <list>', description: 'only these, e.g. AAPL,MSFT' },
    {
      flags: '--file <paths>',
      description: 'bars of these files (comma between) instead of the stored ones; they are not imported',
    },
    {
      flags: '--set <name>',
      description: 'end-of-day or intraday; by default what scans of most days would have looked at',
    },
    { flags: '--report <path>', description: 'write the whole record as Markdown' },
    { flags: '--no-placebo', description: 'leave the random walk, the shuffled days and the planted signal out' },
    {
      flags: '--no-store',
      description: 'print only; otherwise an evaluation of all that is stored becomes the record shown with signals',
    },
  ],
  examples: [
    'freehold kurzora evaluate',
    'freehold kurzora evaluate --from 2021-01-04 --to 2021-12-31 --json',
    'freehold kurzora evaluate --report docs/kurzora-record.md',
  ],
  async run({ options }, { project, services, output, signal }) {
    const bars = progressBars(output);
    const request = { ...requestOf(options), signal, onProgress: bars.onProgress };
    const report = await evaluateHistory(project, services.marketData, request).finally(bars.done);
    if (report.scored === 0)
      output.note('no score has an outcome in this history: it may be too short for the indicators');
    const path = options['report'];
    if (typeof path === 'string') await writeFile(path, recordReport(report, commandLine(options)));
    output.result(report, () => recordReport(report, commandLine(options)));
    if (!report.stored) output.note(whyNotStored(report, request));
  },
};

function requestOf(options: Options): EvaluateRequest {
  const [symbols, files] = [listOf(options, 'symbols'), listOf(options, 'file')];
  const [from, to] = [dateOf(options, 'from'), dateOf(options, 'to')];
  if (from && to && from > to) throw new OperatorError('--from is later than --to');
  const whole = !symbols && !files && !from && !to;
  const set = options['set'];
  if (set !== undefined && set !== 'end-of-day' && set !== 'intraday')
    throw new OperatorError(`--set is "${set}"`, { remedy: 'give end-of-day or intraday' });
  return {
    from,
    to,
    symbols,
    files,
    set,
    placebo: options['placebo'] !== false,
    store: whole && options['store'] !== false,
  };
}

function listOf(options: Options, name: string): string[] | undefined {
  const text = options[name];
  if (typeof text !== 'string') return undefined;
  const list = text.split(',').flatMap((part) => part.trim() || []);
  if (list.length === 0) throw new OperatorError(`--${name} names nothing`);
  return list;
}

function dateOf(options: Options, name: string): string | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  const valid = typeof text === 'string' && /^(199[1-9]|20\d\d)-\d\d-\d\d$/.test(text);
  if (valid && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text)) return text;
  throw new OperatorError(`--${name} is "${text}"`, { remedy: 'give a date such as 2022-06-15' });
}

function commandLine(options: Options): string {
  const given = ['from', 'to', 'symbols', 'set', 'report'].flatMap((name) =>
    typeof options[name] === 'string' ? [`--${name} ${options[name]}`] : [],
  );
  return ['freehold kurzora evaluate', ...given].join(' ');
}

function whyNotStored({ scored }: EvaluateReport, { store }: EvaluateRequest): string {
  if (store) return scored === 0 ? 'nothing was kept: there is no outcome' : 'nothing was kept';
  return 'printed only: the record shown with signals is that of everything stored, without --from, --to, --symbols, --file or --no-store';
}
