/** How the programs that the actions drive are installed, in one sentence each. */
const hints: Readonly<Record<string, string>> = {
  buildah: 'Install it with the system package manager (apt-get install buildah).',
  docker: 'Install Docker Engine with the buildx plugin, or use buildah.',
  git: 'Install it with the system package manager (apt-get install git).',
  haproxy: 'Install HAProxy 2.6 or newer (apt-get install haproxy).',
  lm_eval: "Install it with: pip install 'lm-eval[hf,api]'.",
  mlflow: 'Install it with: pip install mlflow.',
  mypy: 'Install it with: pip install mypy, or name it in `requirements`.',
  python: 'Install Python 3.10 or newer, or give the path of an interpreter.',
  python3: 'Install Python 3.10 or newer, or give the path of an interpreter.',
  pytest: 'Install it with: pip install pytest, or name it in `requirements`.',
  ruff: 'Install it with: pip install ruff, or name it in `requirements`.',
  skopeo: 'Install it with the system package manager (apt-get install skopeo).',
  uv: 'Install it with: pip install uv.',
};

export function installHint(program: string): string {
  const name = program.slice(program.lastIndexOf('/') + 1);
  return hints[name] ?? 'Install it, or give the full path of the program.';
}
