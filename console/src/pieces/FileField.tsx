/** A file to be chosen, as a field of a form: the browser's own control, which every key and reader knows. */
interface Props {
  id?: string;
  accept: string;
  onChange?: (file: File | undefined) => void;
}

export function FileField({ id, accept, onChange }: Props) {
  return <input id={id} type="file" accept={accept} className="file" onChange={(event) => onChange?.(event.target.files?.[0])} />;
}
