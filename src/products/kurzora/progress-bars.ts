import type { CommandOutput } from '#kernel/product.ts';

/** One bar a title, in the order the titles come; a title that is new ends the bar before it. */
export function progressBars(output: Pick<CommandOutput, 'progress'>) {
  let open: { title: string; done: number; bar: ReturnType<CommandOutput['progress']> } | null = null;
  const done = () => {
    open?.bar.done();
    open = null;
  };
  return {
    onProgress: (title: string, advanced: number, total: number) => {
      if (open?.title !== title) {
        done();
        open = { title, done: 0, bar: output.progress(title, total) };
      }
      open!.bar.advance(advanced - open!.done);
      open!.done = advanced;
    },
    done,
  };
}
