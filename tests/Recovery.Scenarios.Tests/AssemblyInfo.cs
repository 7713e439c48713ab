using Xunit.Sdk;
using Xunit.v3;

// What runs many stories uses all cores by itself.
[assembly: Parallelization(Mode = ParallelMode.None)]
