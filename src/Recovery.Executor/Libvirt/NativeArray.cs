using System.Runtime.InteropServices;

namespace Recovery.Executor.Libvirt;

/// <summary>Arrays that libvirt allocates: the array is ours to free, and each element is a reference that we own.</summary>
internal static unsafe class NativeArray
{
    internal static IReadOnlyList<T> Take<T>(nint* array, int count, Func<nint, T> own)
    {
        try
        {
            var list = new List<T>(count);
            for (var i = 0; i < count; i++) list.Add(own(array[i]));
            return list;
        }
        finally
        {
            NativeMemory.Free(array);
        }
    }
}
