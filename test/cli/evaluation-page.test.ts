import { expect, it } from 'vitest';
import { evaluationPage } from '../../src/cli/evaluation-page.ts';
import { truth } from '../evaluate/incident.ts';

it('holds tables and picture, and nothing that a name could run', () => {
  const table = {
    title: 'By incident',
    columns: [
      { name: 'incident', kind: 'text' as const },
      { name: 'recall', kind: 'number' as const },
    ],
    rows: [
      ['<img src=x onerror=alert(1)>', 0.5],
      ['quiet', null],
    ],
  };
  const page = evaluationPage(truth([]), [table], '<svg></svg>');
  expect(page).toContain('<td>&lt;img src=x onerror=alert(1)&gt;</td><td class="n">0.5</td>');
  expect(page).toContain('<td>quiet</td><td class="n"></td>');
  expect(page).toContain('<svg></svg>');
  expect(page).not.toContain('<img');
});
