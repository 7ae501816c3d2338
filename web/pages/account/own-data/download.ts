import { ApiError } from '../../../app/api-error.ts';
import { accessToken } from '../../../app/session.ts';

/** The export, saved as the browser saves files. Throws ApiError. */
export async function download(): Promise<void> {
  const token = await accessToken();
  const response = await fetch('/api/v1/user/export', { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) {
    const body = (await response.json().catch(() => null)) as { error?: { code: string; message: string } } | null;
    throw new ApiError(body?.error?.code ?? `HTTP_${response.status}`, body?.error?.message ?? '');
  }
  const address = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement('a'), { href: address, download: 'kurzora-export.json' });
  link.click();
  URL.revokeObjectURL(address);
}
