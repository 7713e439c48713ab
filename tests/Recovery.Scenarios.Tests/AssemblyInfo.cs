// What runs many stories uses all cores by itself.
[assembly: Parallelization(Mode = ParallelizationMode.None)]
