/** The part of `qrcode` that we use; the package brings no types. */
declare module 'qrcode' {
  interface QrCode {
    /** Row by row, 1 where the square is dark. */
    readonly modules: { readonly size: number; readonly data: Uint8Array };
  }
  const qrcode: { create(text: string, options?: { errorCorrectionLevel?: 'L' | 'M' | 'Q' | 'H' }): QrCode };
  export default qrcode;
}
