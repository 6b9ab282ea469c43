import { columns } from '../src/core/columns.ts';
import { renderConfig } from '../src/core/config.ts';
import { renderRules } from '../src/detect/rules-page.ts';
import { shippedDetections } from '../src/detect/shipped.ts';
import { sqlType } from '../src/store/table.ts';

/** The pages of this folder that are made from the code, by file name. */
export async function pages(): Promise<Readonly<Record<string, string>>> {
  return {
    'columns.md': columnsPage(),
    'config.md': renderConfig(),
    'rules.md': renderRules(await shippedDetections()),
  };
}

function columnsPage(): string {
  const rows = columns.map(({ name, azure, required, policy, doc, ...spec }) => {
    const unit = 'unit' in spec ? ` (${spec.unit})` : '';
    return `| \`${name}\` | ${sqlType({ name, ...spec })}${unit} | ${azure === '*' ? '' : `\`${azure}\``} | ${required ? 'never' : 'may be'} | ${policy} | ${doc} |`;
  });
  return `# Columns

Made from \`src/core/columns.ts\` by \`npm run docs\`; do not edit. The columns of every segment file, in file order. The
view \`storage_log\` has them all, with \`caller_ip\`, \`client_request_id\` and \`uri\` made whole, \`token_id\`,
\`caller_address\` (with the port: count callers by \`caller_ip\`) and the SAS parameters as \`sas_…\`. A value that does not
fit its column stands in \`extra\` under its Azure path.

*Kept by*: the leanest policy with which compaction keeps the column ([lake.md](lake.md)); a column that was not kept is null.

| column | type | Azure field | null | kept by | what it is |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}
