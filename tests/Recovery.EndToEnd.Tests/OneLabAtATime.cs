namespace Recovery.EndToEnd.Tests;

/// <summary>The labs of these tests have one name and one subnet.</summary>
[CollectionDefinition("lab", DisableParallelization = true)]
public class OneLabAtATime;
