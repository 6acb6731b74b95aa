"""The organisation (组织): group, companies, regions, cities, projects, phases, and the parameters each sets."""
