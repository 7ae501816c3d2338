import { Command } from 'commander';
import { createLog } from '#kernel/log.ts';
import type { Product, Command as ProductCommand } from '#kernel/product.ts';
import { openProject, openServer } from './open-project.ts';
import { type CommonOptions, interruption, settle, withCommonOptions } from './options.ts';

/** `freehold <product> ...`: the commands a product declares. */
export function productCommand(product: Product<unknown>): Command {
  const group = new Command(product.name).description(`commands of ${product.title}`);
  for (const command of product.commands) group.addCommand(subcommand(product, command));
  return group;
}

function subcommand(product: Product<unknown>, declared: ProductCommand<unknown>): Command {
  const command = withCommonOptions(new Command(declared.name)).description(declared.description);
  if (declared.arguments) command.arguments(declared.arguments);
  for (const option of declared.options ?? []) command.option(option.flags, option.description, option.default);
  if (declared.examples?.length)
    command.addHelpText('after', `\nExamples:\n${declared.examples.map((line) => `  ${line}`).join('\n')}`);
  return command.action(async () => {
    const options = command.opts<CommonOptions & Record<string, string | boolean | undefined>>();
    const { config, output } = settle(options);
    const signal = interruption();
    const log = createLog(config.logLevel === 'info' ? 'warn' : config.logLevel);
    const server = await openServer(config, log);
    try {
      const open = await openProject({ config, log, server, product });
      try {
        await declared.run(
          { args: command.args, options },
          { project: open.project, services: open.services, output, signal },
        );
      } finally {
        await open.close();
      }
    } finally {
      await server.stop();
    }
  });
}
