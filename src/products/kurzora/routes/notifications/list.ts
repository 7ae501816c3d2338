import type { Route } from '#kernel/product.ts';
import type { KurzoraServices } from '../../services.ts';

export const notificationRoutes: readonly Route<KurzoraServices>[] = [];
