// @ts-expect-error: meant to be missing
import { nothing } from 'npm:a-package-that-nobody-installed@1';

Deno.serve(() => new Response(nothing));
