interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly tone?: 'up' | 'down';
}

/** One number with what it is, for a `dl.figures`. */
export function Figure({ name, value, tone }: FigureProps) {
  return (
    <div>
      <dt className="quiet small">{name}</dt>
      <dd className={tone}>
        <span className="ltr">{value}</span>
      </dd>
    </div>
  );
}
