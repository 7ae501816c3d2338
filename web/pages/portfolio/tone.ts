/** The class that colours money gained or lost; nothing stays as it is. */
export const tone = (value: number | null): 'up' | 'down' | undefined =>
  !value ? undefined : value > 0 ? 'up' : 'down';
