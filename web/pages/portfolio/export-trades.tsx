import { useMutation } from '@tanstack/react-query';
import { ApiError } from '../../app/api-error.ts';
import { Link } from '../../app/link.tsx';
import { accessToken } from '../../app/session.ts';
import { Refused } from './broken-rules.tsx';
import { say } from './texts.ts';

/** The trades of the filters as a file; whose plan does not include it is told which one does. */
export function ExportTrades({ query }: { query: string }) {
  const download = useMutation({ mutationFn: () => downloadCsv(query) });
  const refused = download.error instanceof ApiError && download.error.code === 'PLAN_LIMIT';
  return (
    <div className="buttons">
      <button type="button" className="button" disabled={download.isPending} onClick={() => download.mutate()}>
        {say('export')}
      </button>
      {refused ? (
        <span className="small" role="alert">
          {say('exportPlan')} <Link to="/pricing">{say('plans')}</Link>
        </span>
      ) : (
        <Refused error={download.error} />
      )}
    </div>
  );
}

// A link cannot carry the token: the file is read and handed to the browser.
async function downloadCsv(query: string): Promise<void> {
  const token = await accessToken();
  const response = await fetch(`/api/v1/portfolio/trades/export?${query}`, {
    headers: token ? { authorization: `Bearer ${token}` } : {},
  });
  if (!response.ok) {
    const body = (await response.json().catch(() => null)) as { error?: { code: string; message: string } } | null;
    throw new ApiError(body?.error?.code ?? `HTTP_${response.status}`, body?.error?.message ?? response.statusText);
  }
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = 'kurzora-trades.csv';
  link.click();
  URL.revokeObjectURL(url);
}
