namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>A domain's inactive XML, made of database rows.</summary>
/// <param name="Xml">Never to be defined while there are refusals.</param>
/// <param name="Missing">What it needs and the rows can't give, a sentence each; it was left out or has to be there already.</param>
/// <param name="Refusals">Why it would not be the guest's definition, a sentence each.</param>
public sealed record BuiltDefinition(string Xml, IReadOnlyList<string> Missing, IReadOnlyList<string> Refusals);
