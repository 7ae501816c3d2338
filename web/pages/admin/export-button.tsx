import { useMutation } from '@tanstack/react-query';
import { ApiError } from '../../app/api.ts';
import { explain } from '../../app/notice.tsx';
import { accessToken } from '../../app/session.ts';
import { say } from './texts.ts';

type What = 'users' | 'signals' | 'trades' | 'audit';

/** Fetched with the token and then handed to the browser: a plain link could not say who asks. */
async function download(what: What): Promise<void> {
  const response = await fetch(`/api/v1/admin/export?what=${what}`, {
    headers: { authorization: `Bearer ${await accessToken()}` },
  });
  if (!response.ok) throw await refusalOf(response);
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = `kurzora-${what}-${new Date().toISOString().slice(0, 10)}.csv`;
  link.click();
  URL.revokeObjectURL(address);
}

async function refusalOf(response: Response): Promise<ApiError> {
  const body = await response.json().catch(() => null);
  return new ApiError(body?.error?.code ?? `HTTP_${response.status}`, body?.error?.message ?? response.statusText, {
    requestId: body?.requestId,
  });
}

export function ExportButton({ what }: { what: What }) {
  const fetching = useMutation({ mutationFn: () => download(what) });
  return (
    <>
      <button type="button" className="button" disabled={fetching.isPending} onClick={() => fetching.mutate()}>
        {say(fetching.isPending ? 'exporting' : `export_${what}`)}
      </button>
      {fetching.error && (
        <span className="small down" role="alert">
          {say('notExported', { why: explain(fetching.error) })}
        </span>
      )}
    </>
  );
}
