import { testHost } from '@sluice/host/testing';
import { describe, expect, it } from 'vitest';
import { requirementLines, TOOLS, withTools } from './requirements.ts';

describe('requirementLines', () => {
  it('includes files, joins lines, drops comments, makes local paths absolute', async () => {
    using host = testHost();
    host.write(
      'requirements.txt',
      '# all\n-r base/more.txt\nnumpy>=2 \\\n  ,<3  # why\n-e .[dev]\n./libs/x ; python_version > "3"\n-c limits.txt\n--index-url https://pypi.example/simple\n',
    );
    host.write('base/more.txt', 'torch==2.14.0\n');
    const at = host.workspace;
    expect(await requirementLines('requirements.txt', at)).toEqual([
      'torch==2.14.0',
      'numpy>=2    ,<3',
      `-e ${at}/[dev]`.replace('/[dev]', '[dev]'),
      `${at}/libs/x ; python_version > "3"`,
      `-c ${at}/limits.txt`,
      '--index-url https://pypi.example/simple',
    ]);
    host.write('pyproject.toml', '');
    expect(await requirementLines('pyproject.toml', at)).toEqual([`-e ${at}`]);
  });

  it('says which file is missing, or includes itself', async () => {
    using host = testHost();
    await expect(requirementLines('absent.txt', host.workspace)).rejects.toThrow(
      /requirements: there is no 'absent\.txt'/,
    );
    host.write('a.txt', '-r b.txt\n');
    await expect(requirementLines('a.txt', host.workspace)).rejects.toThrow(
      /b\.txt, included by .*a\.txt, cannot be read/,
    );
    host.write('b.txt', '-r a.txt\n');
    await expect(requirementLines('a.txt', host.workspace)).rejects.toThrow(/includes itself/);
  });
});

describe('withTools', () => {
  it('leaves the versions that the user names', () => {
    expect(
      withTools(['Ruff>=0.9', 'pytest_timeout', 'pytest-cov'], ['ruff', 'mypy', 'pytest', 'pytest-timeout']),
    ).toEqual([
      'Ruff>=0.9',
      'pytest_timeout',
      'pytest-cov',
      `mypy==${TOOLS.mypy}`,
      `pytest==${TOOLS.pytest}`,
    ]);
  });
});
