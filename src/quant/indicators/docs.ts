/** docs/indicators.md, written from the definitions: `node src/quant/indicators/docs.ts > docs/indicators.md`. */
import type { Definition } from './definition.ts';
import { families } from './registry.ts';

const preface = `# Indicators

Written from the definitions by \`node src/quant/indicators/docs.ts > docs/indicators.md\`; a test fails when the two differ.

Every indicator is one machine that takes a bar at a time. Batch computation (\`compute\`) and streams (\`IndicatorStream\`) drive the same
machine, so they agree bit for bit, and no value depends on a later bar. What holds for all of them:

- Arrays are oldest first; a result is as long as its input, NaN before the bar given under "first value" (counted from 0).
- A gap, that is a bar without a finite number in one of the inputs (or with one beyond 1e100), has NaN and leaves the state alone: the
  values after it are those of the series without that bar. Nothing is filled in.
- No output is ever infinite: an undefined ratio is NaN unless the table says otherwise. Zero volume is a volume.
- Running sums are renewed once per window, so rounding errors live for two windows at most; variances use sums shifted near the mean.
- \`twelve.ts\` computes twelve of them at once and equals these to 1e-9 of the price.

Recursive averages remember their seed: m bars past it an EMA of period n still carries (1 - 2/(n+1))^m of it (EMA200: 5 % after 300 bars,
1e-4 after 925), Wilder's (1 - 1/n)^m (RSI14: 1e-6 after 187). Load about 1,200 bars where EMA200 matters.
`;

function section(definition: Definition): string {
  const { name, title, inputs, parameters, choices, outputs, seed, smoothing, source, degenerate } = definition;
  const parameterList = Object.entries(parameters).map(([key, value]) => {
    const options = choices?.[key]?.filter((choice) => choice !== value);
    return `\`${key}\` ${value}${options?.length ? ` (or ${options.join(', ')})` : ''}`;
  });
  const warmUp = definition.warmUp(parameters);
  const lines = [
    ['inputs', inputs.join(', ')],
    ['parameters', parameterList.join(', ') || 'none'],
    ['outputs, first value at bar', outputs.map((output, k) => `\`${output}\` ${warmUp[k]}`).join(', ')],
    ['seed', seed],
    ['smoothing', smoothing],
    ['source', source],
    ...(degenerate ? [['undefined', degenerate]] : []),
  ];
  return `### ${title}: \`${name}\`\n\n${lines.map(([key, value]) => `- ${key}: ${value}`).join('\n')}\n`;
}

export function indicatorDocs(): string {
  const parts = Object.entries(families).map(
    ([family, definitions]) => `## ${family}\n\n${definitions.map(section).join('\n')}`,
  );
  return [preface, ...parts].join('\n');
}

if (import.meta.main) process.stdout.write(indicatorDocs());
