/** To the clipboard; a frame may not be given it: then the old way, from the field. Gives whether it worked. */
export const copyFrom = async (field: HTMLTextAreaElement | null, text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    field?.select();
    return document.execCommand?.("copy") ?? false;
  }
};
