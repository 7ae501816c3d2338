/** Loaded by the first key that comes: a quarter of a second and 27 MB that most projects never need. */
export const webAuthn = () => import('@simplewebauthn/server');
