/** pip's variables and what uv calls the same thing. */
const sameThing: readonly (readonly [pip: string, uv: string])[] = [
  ['PIP_INDEX_URL', 'UV_DEFAULT_INDEX'],
  ['PIP_EXTRA_INDEX_URL', 'UV_INDEX'],
  ['PIP_FIND_LINKS', 'UV_FIND_LINKS'],
  ['PIP_NO_INDEX', 'UV_NO_INDEX'],
  ['PIP_CERT', 'SSL_CERT_FILE'],
  ['PIP_TRUSTED_HOST', 'UV_INSECURE_HOST'],
  ['PIP_DEFAULT_TIMEOUT', 'UV_HTTP_TIMEOUT'],
];

/** Older names of uv's own variables: where one is set, uv's index was chosen. */
const uvOlder: Readonly<Record<string, string>> = {
  UV_DEFAULT_INDEX: 'UV_INDEX_URL',
  UV_INDEX: 'UV_EXTRA_INDEX_URL',
};

/**
 * The environment for uv: pip's index variables hold for uv too, unless uv's own are set; nothing that would
 * make an interpreter look outside its own folder is passed on.
 */
export function uvVariables(env: NodeJS.ProcessEnv, cacheDir: string): NodeJS.ProcessEnv {
  const result: NodeJS.ProcessEnv = {
    ...pipVariables(env),
    UV_PYTHON_DOWNLOADS: 'never',
    UV_NO_PROGRESS: '1',
  };
  for (const [pip, uv] of sameThing) {
    const given = env[pip];
    if (!given || result[uv] || result[uvOlder[uv] ?? '']) continue;
    // lists are cut by spaces in pip's variables, by commas in UV_FIND_LINKS
    result[uv] = uv === 'UV_FIND_LINKS' ? given.trim().split(/\s+/).join(',') : given;
  }
  result.UV_CACHE_DIR ??= `${cacheDir}/uv`;
  return result;
}

/** The environment for pip and for the interpreter itself. */
export function pipVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PYTHONHOME: _home, PYTHONPATH: _path, VIRTUAL_ENV: _venv, ...rest } = env;
  return { ...rest, PYTHONNOUSERSITE: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1' };
}

/**
 * Whether uv may choose PyTorch's own index by the accelerator that is there (a build for the CPU is a tenth of
 * the size): only where the user has not chosen an index, and torch is asked for.
 */
export function mayChooseTorchIndex(env: NodeJS.ProcessEnv, lines: readonly string[]): boolean {
  const chosen = [
    'UV_TORCH_BACKEND',
    'UV_DEFAULT_INDEX',
    'UV_INDEX_URL',
    'UV_NO_INDEX',
    'PIP_INDEX_URL',
    'PIP_NO_INDEX',
  ];
  if (chosen.some((name) => env[name])) return false;
  return lines.some((line) => /^torch(?![\w-])/i.test(line));
}
