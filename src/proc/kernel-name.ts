import { type Kernel, kernelOf } from '../model/kernel.ts';
import { readRegular } from '../regular-file.ts';

/** No kernel's line is longer. */
const VERSION_BYTES = 4_096;

/** Which kernel the tables are of; a copied folder may not say. */
export async function readKernel(root: string): Promise<Kernel> {
  try {
    return kernelOf(await readRegular(`${root}/version`, VERSION_BYTES));
  } catch {
    return 'unknown';
  }
}
