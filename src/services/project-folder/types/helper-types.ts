/** Types by which apps name rows (`Tables<'notes'>`), over whatever `Database` is. Their names and parameters are the CLI's. */
function rowHelper(name: string, place: 'Tables', part: 'Insert' | 'Update'): string {
  return `export type ${name}<
  NameOrOptions extends keyof DefaultSchema['${place}'] | { schema: keyof DatabaseWithoutInternals },
  TableName extends NameOrOptions extends { schema: keyof DatabaseWithoutInternals }
    ? keyof DatabaseWithoutInternals[NameOrOptions['schema']]['${place}']
    : never = never,
> = NameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[NameOrOptions['schema']]['${place}'][TableName] extends { ${part}: infer Written }
    ? Written
    : never
  : NameOrOptions extends keyof DefaultSchema['${place}']
    ? DefaultSchema['${place}'][NameOrOptions] extends { ${part}: infer Written }
      ? Written
      : never
    : never
`;
}

function typeHelper(name: string, place: 'Enums' | 'CompositeTypes'): string {
  return `export type ${name}<
  NameOrOptions extends keyof DefaultSchema['${place}'] | { schema: keyof DatabaseWithoutInternals },
  TypeName extends NameOrOptions extends { schema: keyof DatabaseWithoutInternals }
    ? keyof DatabaseWithoutInternals[NameOrOptions['schema']]['${place}']
    : never = never,
> = NameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[NameOrOptions['schema']]['${place}'][TypeName]
  : NameOrOptions extends keyof DefaultSchema['${place}']
    ? DefaultSchema['${place}'][NameOrOptions]
    : never
`;
}

export const HELPER_TYPES = `type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, 'public'>]

export type Tables<
  NameOrOptions extends keyof (DefaultSchema['Tables'] & DefaultSchema['Views']) | { schema: keyof DatabaseWithoutInternals },
  TableName extends NameOrOptions extends { schema: keyof DatabaseWithoutInternals }
    ? keyof (DatabaseWithoutInternals[NameOrOptions['schema']]['Tables'] &
        DatabaseWithoutInternals[NameOrOptions['schema']]['Views'])
    : never = never,
> = NameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[NameOrOptions['schema']]['Tables'] &
      DatabaseWithoutInternals[NameOrOptions['schema']]['Views'])[TableName] extends { Row: infer Read }
    ? Read
    : never
  : NameOrOptions extends keyof (DefaultSchema['Tables'] & DefaultSchema['Views'])
    ? (DefaultSchema['Tables'] & DefaultSchema['Views'])[NameOrOptions] extends { Row: infer Read }
      ? Read
      : never
    : never

${rowHelper('TablesInsert', 'Tables', 'Insert')}
${rowHelper('TablesUpdate', 'Tables', 'Update')}
${typeHelper('Enums', 'Enums')}
${typeHelper('CompositeTypes', 'CompositeTypes')}`;
